"""What the journey's eyes must notice, planted one by one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.looking import Language, watched

pytestmark = pytest.mark.browser
PAGE = '<!doctype html><html lang="{lang}"><title>{title}</title><main><h1>{title}</h1>{body}</main></html>'
GOOD = {"zh-hans": "完成 15,300 元，每天 17 个外呼，Excel 导出", "en": "15,300 takes 17 dials a day"}
PLANTED: dict[str, tuple[Language, str, str]] = {
    "console": ("en", "<script>console.error('boom')</script>", "console error"),
    "script": ("en", "<script>nothing.here()</script>", "script at"),
    "overflow": ("en", "<div style='width:2000px;height:9px'>wide</div>", "wider than 390 px"),
    "page in page": ("en", "<main>again</main>", "main more than once"),
    "id twice": ("en", "<i id=a></i><i id=a></i>", "id a twice"),
    "chinese in english": ("en", "<p>完成</p>", "wrong language"),
    "english in chinese": ("zh-hans", "<p>Nothing more is needed today</p>", "wrong language"),
    "english label": ("zh-hans", "<input aria-label='Name number or team'>", "wrong language"),
    "nothing in english": ("en", "", ""),
    "nothing in chinese": ("zh-hans", "", ""),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_each_fault_is_noticed_and_a_good_page_is_not_blamed(browser: Browser, fault: str) -> None:
    language, body, said = PLANTED[fault]
    context = browser.new_context(viewport={"width": 390, "height": 844})
    looker = watched(context, language, 390, ("王小禾", "Mia Stone"))
    text = f"{GOOD[language]} <b>王小禾</b> <b>Mia Stone</b>{body}"
    looker.page.set_content(PAGE.format(lang="zh-Hans" if language == "zh-hans" else "en", title="标杆", body=text))
    looker.check("planted")
    context.close()

    assert [one for one in looker.complaints if said in one] == looker.complaints
    assert bool(looker.complaints) == bool(said)
