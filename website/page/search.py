"""Sphinx extension: Chinese is searched for by pairs of characters.

Chinese has no spaces, and with Sphinx' own way (jieba, which knows the words of newspapers) neither
学习率 nor 梯度下降 is found. Here the text 学习率 is the words 学习 and 习率, and each of its
characters; what is looked for becomes pairs in the same way, or one character, and is marked whole
on the pages that are found. Latin words are as in English.
"""

import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

from website import extension

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(rf"[{HAN}]+|[^\W{HAN}]+")


def pairs(run: str) -> list[str]:
    """
    >>> pairs("学习率"), pairs("轮")
    (['学习', '习率'], ['轮'])
    """
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


class SearchPairs(SearchEnglish):
    """For any language that is written in Chinese characters."""

    lang = "zh"
    language_name = "Chinese"
    js_splitter_code = rf"""
function splitQuery(query) {{
  const runs = query.match(/[{HAN}]+|(?:(?![{HAN}])[\p{{L}}\p{{N}}_])+/gu) ?? [];
  return runs.flatMap((run) =>
    /^[{HAN}]{{2}}/.test(run)
      ? Array.from({{ length: run.length - 1 }}, (_, i) => run.slice(i, i + 2))
      : [run],
  );
}}
// A hit's page marks what was asked for, not its pairs. On the search page alone, where this comes
// after Sphinx' program and before the index, on which that waits.
if (typeof Search !== "undefined") {{
  const parse = Search._parseQuery;
  Search._parseQuery = (query) => {{
    const [, words, excluded, marked, objects] = parse(query);
    const others = [...marked].filter((word) => !/[{HAN}]/.test(word));
    const asked = new Set([...(query.match(/[{HAN}]+/g) ?? []), ...others]);
    localStorage.setItem("sphinx_highlight_terms", [...asked].join(" "));
    return [query, words, excluded, asked, objects];
  }};
}}
"""

    def split(self, text: str) -> list[str]:
        found: list[str] = []
        for run in _RUN.findall(text):
            if re.match(f"[{HAN}]", run):
                found += [*pairs(run), *run] if len(run) > 1 else run
            else:
                found.append(run)
        return found


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_search_language(SearchPairs)
    return extension()
