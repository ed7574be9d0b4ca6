#!/bin/bash -eu
# Builds every fuzz target there is for OSS-Fuzz, as <package>_<target>, in the folder of the repository.
#
# Left out are those that evaluate programs: CUE and Jsonnet run in a child that is the program itself, which a target of
# libFuzzer is not. .ci/fuzz runs them.
children="source.FuzzCUE source.FuzzJsonnet source.FuzzPolicy"

go get github.com/AdamKorcz/go-118-fuzz-build/testing

grep -rl '^func Fuzz' --include='*_test.go' compiler internal | sort | while read -r file; do
  folder=$(dirname "$file")
  sed -n 's/^func \(Fuzz[A-Za-z]*\)(.*/\1/p' "$file" | while read -r target; do
    case " $children " in
    *" $(basename "$folder").$target "*) ;;
    *) compile_native_go_fuzzer "berth/$folder" "$target" "$(basename "$folder")_$target" ;;
    esac
  done
done
