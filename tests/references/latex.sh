#!/bin/sh
# Compiles the LaTeX reports that tst_report writes: plain names with pdflatex, hostile ones with xelatex.
# latex.sh TST_REPORT. Ends with 77 where there is no pdflatex (packages texlive-latex-base, texlive-latex-extra; hostile
# names also want texlive-xetex).
set -eu
command -v pdflatex > /dev/null || { echo "skipped: pdflatex isn't installed"; exit 77; }
kpsewhich lmodern.sty > /dev/null && kpsewhich booktabs.sty > /dev/null || { echo "skipped: the packages lmodern and booktabs of LaTeX are not installed"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
TASKFOLD_KEEP="$folder" "$1" texFilesAreKeptWhereTheyAreAskedFor > "$folder/log.txt" || { cat "$folder/log.txt"; exit 1; }
cd "$folder"

# compiled PROGRAM NAME FONTS: twice, as longtable wants.
compiled() {
    printf '\\documentclass{article}\n%s\n\\usepackage{booktabs,longtable,array}\n\\begin{document}\n\\input{%s.tex}\n\\end{document}\n' "$3" "$2" > "doc-$2.tex"
    for turn in 1 2; do
        "$1" -interaction=nonstopmode -halt-on-error "doc-$2.tex" > "$2.out" 2>&1 || { grep -A5 '^!' "$2.out" || tail -20 "$2.out"; echo "$2.tex: $1 refused it"; exit 1; }
    done
    echo "$2.tex: compiled by $1, $(grep -o '([0-9]* page[s]*' "$2.out" | tail -1 | tr -d '(')"
}

compiled pdflatex plain '\usepackage[T1]{fontenc}\usepackage{lmodern,textcomp}'
if command -v xelatex > /dev/null; then
    compiled xelatex plain '\usepackage{fontspec}'
    compiled xelatex hostile '\usepackage{fontspec}'
else
    echo "hostile.tex: skipped, xelatex isn't installed"
fi
