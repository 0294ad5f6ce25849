# Debian's libsentencepiece-dev, which brings no CMake files. Gives SentencePiece::sentencepiece.
find_path(SENTENCEPIECE_INCLUDE sentencepiece_processor.h)
find_library(SENTENCEPIECE_LIBRARY sentencepiece)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SentencePiece
    REQUIRED_VARS SENTENCEPIECE_INCLUDE SENTENCEPIECE_LIBRARY
    REASON_FAILURE_MESSAGE "run packaging/setup.sh, which installs it")
if(SentencePiece_FOUND AND NOT TARGET SentencePiece::sentencepiece)
    add_library(SentencePiece::sentencepiece SHARED IMPORTED)
    set_target_properties(SentencePiece::sentencepiece PROPERTIES IMPORTED_LOCATION ${SENTENCEPIECE_LIBRARY})
    target_include_directories(SentencePiece::sentencepiece SYSTEM INTERFACE ${SENTENCEPIECE_INCLUDE})
endif()
