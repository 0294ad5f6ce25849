#!/bin/sh
# Compiles the LaTeX reports that tst_report writes, of plain names, hostile ones and none, with pdflatex and xelatex.
# latex.sh TST_REPORT. Ends with 77 where there is no pdflatex (packages texlive-latex-base, texlive-latex-extra, lmodern; xelatex is
# texlive-xetex). Each program has TASKFOLD_LATEX_SECONDS (40) for a document; xelatex's first start on a machine is longer (it lists fonts).
set -eu
command -v pdflatex > /dev/null || { echo "skipped: pdflatex isn't installed"; exit 77; }
kpsewhich lmodern.sty > /dev/null && kpsewhich booktabs.sty > /dev/null || { echo "skipped: the packages lmodern and booktabs of LaTeX are not installed"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
TASKFOLD_KEEP="$folder" "$1" filesAreKeptWhereTheyAreAskedFor > "$folder/log.txt" || { cat "$folder/log.txt"; exit 1; }
cd "$folder"

# compiled PROGRAM NAME FONTS: twice, as longtable wants.
compiled() {
    printf '\\documentclass{article}\n%s\n\\usepackage{booktabs,longtable,array}\n\\begin{document}\n\\listoftables\n\\input{%s.tex}\n\\end{document}\n' "$3" "$2" > "doc-$2.tex"
    rm -f "doc-$2.aux" "doc-$2.lot"
    for turn in 1 2; do
        status=0
        timeout "${TASKFOLD_LATEX_SECONDS:-40}" "$1" -interaction=nonstopmode -halt-on-error "doc-$2.tex" > "$2.out" 2>&1 < /dev/null || status=$?
        [ "$status" -ne 124 ] || { tail -3 "$2.out" | cut -c1-200; echo "$2.tex: $1 wasn't ready after ${TASKFOLD_LATEX_SECONDS:-40} seconds"; exit 1; }
        [ "$status" -eq 0 ] || { grep -a -A5 '^!' "$2.out" || tail -20 "$2.out" | cut -c1-200; echo "$2.tex: $1 refused it"; exit 1; }
    done
    echo "$2.tex: compiled by $1, $(grep -a -o '([0-9]* page[s]*' "$2.out" | tail -1 | tr -d '(')"
}

for name in plain names hostile nothing; do
    compiled pdflatex $name '\usepackage[T1]{fontenc}\usepackage{lmodern,textcomp}'
    compiled pdflatex $name ''
done
if command -v xelatex > /dev/null; then
    for name in plain names hostile nothing; do
        compiled xelatex $name '\usepackage{fontspec}'
    done
else
    echo "xelatex isn't installed: compiled by pdflatex alone"
fi
