#!/usr/bin/env python3
"""Finds source files that no CMakeLists.txt names: a test that nothing builds is a test that cannot fail.

A source counts as named when the CMakeLists.txt of its folder, or of a folder above, has its path relative to that
folder as a word. Headers are reached through sources and are not looked at.
"""

import os
import re

import house

WORD = re.compile(r"[^\s()\"]+")
LOOP = re.compile(r"foreach\((\w+) IN ITEMS ([^)]*)\)")


def words_of(folder, cache={}):
    if folder not in cache:
        path = os.path.join(folder, "CMakeLists.txt")
        try:
            text = re.sub(r"#[^\n]*", "", house.read(path))
        except FileNotFoundError:
            text = ""
        words = set(WORD.findall(text.replace("${CMAKE_CURRENT_SOURCE_DIR}/", "")))
        for variable, items in LOOP.findall(text):
            words |= {word.replace("${%s}" % variable, item) for word in words for item in items.split()}
        cache[folder] = words
    return cache[folder]


def is_named(path):
    folder = os.path.dirname(path)
    while True:
        if os.path.relpath(path, folder or ".") in words_of(folder):
            return True
        if not folder:
            break
        folder = os.path.dirname(folder)
    # cmake/*.cmake may build a file of every target's, such as tests/catch_main.cpp.
    return any(path in house.read(helper) for helper in house.files(("cmake", "sdk/cmake"), (".cmake",)))


def main():
    paths = house.files(house.CODE_FOLDERS, (".cpp", ".c"))
    findings = [f"{path}:1: no CMakeLists.txt names this file, so nothing builds it"
                for path in paths if not is_named(path)]
    house.finish("sources are built", findings, len(paths))


main()
