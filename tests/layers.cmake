# Who may include whom. Run: cmake -D ROOT=<checkout> -P tests/layers.cmake
# A folder may include itself, the standard library, and what its line names; a folder without a line is refused.

cmake_minimum_required(VERSION 3.25)

function(layer folder)
    cmake_parse_arguments(arg "" "" "USES;OUTSIDE" ${ARGN})
    set_property(GLOBAL APPEND PROPERTY folders ${folder})
    set_property(GLOBAL PROPERTY "uses ${folder}" ${folder} ${arg_USES})
    set_property(GLOBAL PROPERTY "outside ${folder}" ${arg_OUTSIDE})
endfunction()

# Only files in these folders may see it, directly or through other headers.
function(only what)
    list(JOIN ARGN "|" within)
    set_property(GLOBAL APPEND PROPERTY hidden ${what})
    set_property(GLOBAL PROPERTY "within ${what}" "^(${within})/")
endfunction()

layer(engine/core OUTSIDE openssl/ blake3.h cpuid.h sys/syscall.h unistd.h)
layer(engine/jobs USES engine/core OUTSIDE sys/ unistd.h)
layer(engine/compute USES engine/core)
layer(engine/format USES engine/core OUTSIDE nlohmann/ sys/ fcntl.h unistd.h)
layer(engine/text USES engine/core engine/format OUTSIDE nlohmann/ unicode/ sentencepiece emmintrin.h sys/mman.h)
layer(engine/stats USES engine/core engine/text OUTSIDE unicode/)
layer(engine/data USES engine/core engine/text OUTSIDE arrow/ parquet/ simdjson unicode/ zlib zip xxhash emmintrin.h immintrin.h sys/ fcntl.h unistd.h)
layer(engine/report USES engine/core engine/stats)
layer(engine/model USES engine/core engine/format engine/text engine/compute OUTSIDE torch/ ATen/ c10/ nlohmann/ immintrin.h omp.h
    sys/mman.h)
layer(engine/infer USES engine/core engine/text engine/compute engine/model OUTSIDE torch/ ATen/ c10/)
layer(engine/train USES engine/core engine/text engine/data engine/stats engine/format engine/compute engine/model
    engine/infer OUTSIDE torch/ ATen/ c10/ nlohmann/ sys/ fcntl.h unistd.h)
layer(engine/affinity USES engine/core engine/data engine/stats engine/compute engine/model engine/train
    OUTSIDE torch/ ATen/ c10/)
layer(engine/module USES engine/core engine/compute engine/text engine/format engine/model engine/infer engine/train
    engine/affinity OUTSIDE torch/ ATen/ c10/)
layer(db USES engine/core OUTSIDE SQLiteCpp/ sqlite3.h nlohmann/)
layer(widgets/models USES engine/core OUTSIDE Q)
layer(widgets/parts USES engine/core widgets/models OUTSIDE Q)
layer(widgets/plots USES engine/core widgets/models widgets/parts OUTSIDE Q qcustomplot)
layer(widgets/dialogs USES engine/core widgets/models widgets/parts widgets/plots OUTSIDE Q)
layer(widgets/pages USES engine/core widgets/models widgets/parts widgets/plots widgets/dialogs OUTSIDE Q)
layer(app/jobs USES engine/core engine/compute engine/data engine/format engine/jobs engine/report engine/stats
    engine/text db OUTSIDE nlohmann/ spdlog/ dlfcn.h unistd.h fcntl.h sys/)
layer(app/cli USES engine/core engine/compute engine/data engine/format engine/jobs engine/report engine/stats engine/text db app/jobs
    OUTSIDE CLI/ nlohmann/ unistd.h sys/)
layer(app/gui USES engine/core engine/compute engine/jobs engine/data engine/report engine/stats db app/jobs widgets/models
    widgets/parts widgets/plots widgets/dialogs widgets/pages OUTSIDE Q)

only("torch/|ATen/|c10/" engine/model engine/infer engine/train engine/affinity engine/module)
only("SQLiteCpp/|sqlite3" db)
only("arrow/|parquet/" engine/data)
only("simdjson" engine/data)
only("Q" widgets app/gui)
only("qcustomplot" widgets/plots)

set(broken FALSE)
macro(complain)
    message(NOTICE "${ARGN}")
    set(broken TRUE)
endmacro()

# The names between the quotes or brackets of a file's includes, kept with their opening sign.
function(includes_of file out)
    get_property(known GLOBAL PROPERTY "includes ${file}" SET)
    if(NOT known)
        file(STRINGS ${ROOT}/${file} lines REGEX "^[ \t]*#[ \t]*include")
        list(TRANSFORM lines REPLACE "^[ \t]*#[ \t]*include[ \t]*([<\"][^>\"]*).*" "\\1")
        set_property(GLOBAL PROPERTY "includes ${file}" "${lines}")
    endif()
    get_property(lines GLOBAL PROPERTY "includes ${file}")
    set(${out} "${lines}" PARENT_SCOPE)
endfunction()

# Everything a file includes, its headers' includes too.
function(reach_of file out)
    set(open ${file})
    set(seen "")
    while(open)
        list(POP_FRONT open next)
        includes_of(${next} lines)
        foreach(line ${lines})
            if(NOT line IN_LIST seen)
                list(APPEND seen ${line})
                string(SUBSTRING ${line} 1 -1 name)
                if(EXISTS ${ROOT}/${name})
                    list(APPEND open ${name})
                endif()
            endif()
        endforeach()
    endwhile()
    set(${out} "${seen}" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE files RELATIVE ${ROOT}
    ${ROOT}/engine/*.h ${ROOT}/engine/*.cpp ${ROOT}/db/*.h ${ROOT}/db/*.cpp
    ${ROOT}/widgets/*.h ${ROOT}/widgets/*.cpp ${ROOT}/app/*.h ${ROOT}/app/*.cpp)
get_property(folders GLOBAL PROPERTY folders)
get_property(hidden GLOBAL PROPERTY hidden)
if(NOT files)
    complain("no files under ${ROOT}")
endif()

foreach(file ${files})
    cmake_path(GET file PARENT_PATH folder)
    if(NOT folder IN_LIST folders)
        complain("${file}: its folder has no line here")
        continue()
    endif()
    get_property(uses GLOBAL PROPERTY "uses ${folder}")
    get_property(outside GLOBAL PROPERTY "outside ${folder}")
    list(JOIN outside "|" outside)

    includes_of(${file} lines)
    foreach(line ${lines})
        string(SUBSTRING ${line} 1 -1 name)
        cmake_path(GET name PARENT_PATH from)
        if(line MATCHES "^<[a-z_0-9]+$" OR (outside AND line MATCHES "^<(${outside})"))
            continue()
        elseif(line MATCHES "^\"" AND from IN_LIST uses AND EXISTS ${ROOT}/${name})
            continue()
        endif()
        complain("${file}: may not include ${name}")
    endforeach()

    reach_of(${file} reached)
    foreach(what ${hidden})
        get_property(within GLOBAL PROPERTY "within ${what}")
        if(NOT file MATCHES "${within}" AND "${reached}" MATCHES "(^|;)[<\"](${what})")
            complain("${file}: sees ${what} through a header")
        endif()
    endforeach()
endforeach()

if(broken)
    message(FATAL_ERROR "a layer includes what it may not")
endif()
