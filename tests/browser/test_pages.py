"""What people do with a page, in a real browser."""

import json
import struct
import zlib

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from conftest import size

PAGES = ["comparison", "show", "stability", "pictures", "series", "boxes", "skewed", "hostile"]


def visit(browser, folder, page):
    browser.get((folder / f"{page}.html").as_uri())


def requests(browser):
    """Addresses that the page asked for, its own left out."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    return [url for url in sent if not url.startswith("data:") and not url.endswith(".html")]


def texts(browser, selector):
    return [e.text for e in browser.find_elements(By.CSS_SELECTOR, selector) if e.is_displayed()]


@pytest.mark.parametrize("page", PAGES)
def test_opens_without_a_complaint_and_asks_for_nothing(browser, folder, page):
    visit(browser, folder, page)
    assert browser.get_log("browser") == []
    assert requests(browser) == []
    assert browser.find_element(By.CSS_SELECTOR, "h1 .verdict").text
    loaded = browser.execute_script(
        "var t = performance.getEntriesByType('navigation')[0], p = performance.getEntriesByName('first-contentful-paint')[0];"
        "return [t.domComplete, p ? p.startTime : -1]"
    )
    size_of = (folder / f"{page}.html").stat().st_size
    print(f"\n{page}: {size_of} bytes, complete after {loaded[0]:.0f} ms, first view after {loaded[1]:.0f} ms")


@pytest.mark.parametrize("page", PAGES)
def test_fits_a_phone(browser, folder, page):
    size(browser, 390, 844)
    visit(browser, folder, page)
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("page", ["comparison", "stability", "hostile"])
def test_verdicts_are_in_sight_on_a_phone(browser, folder, page):
    size(browser, 390, 844)
    visit(browser, folder, page)
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    cells = browser.execute_script(
        "return [...document.querySelectorAll('.judged tr > :last-child')].map(c => { var r = c.getBoundingClientRect(); return [r.left, r.right, c.textContent]; })"
    )
    assert len(cells) > 5
    assert all(left >= 200 and right <= 390 and text for left, right, text in cells), cells


def test_a_menu_of_long_names_fits_a_phone(browser, folder):
    size(browser, 390, 844)
    visit(browser, folder, "comparison")
    browser.execute_script(
        "var only = document.querySelector('.map .only'); only.hidden = false;"
        "only.querySelectorAll('option').forEach(o => o.textContent = 'W'.repeat(200))"
    )
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390


def test_skewed_values_have_a_logarithmic_axis(browser, folder):
    visit(browser, folder, "skewed")
    charts = browser.execute_script(
        "return [...document.querySelectorAll('figure.chart')].map(f => [f.querySelector('figcaption').textContent, [...f.querySelectorAll('svg text')].map(t => t.textContent)])"
    )
    said = {name: "logarithmic axis" in labels for name, labels in charts}
    assert said == {"area": True, "even": False}
    ticks = next(labels for name, labels in charts if name == "area")
    assert "1,000" in ticks and "10" in ticks


def test_the_network_is_refused_by_the_page_itself(browser, folder):
    visit(browser, folder, "comparison")
    blocked = browser.execute_async_script(
        "var done = arguments[0]; document.addEventListener('securitypolicyviolation', e => done(e.effectiveDirective));"
        "var i = new Image(); i.src = 'http://127.0.0.1:9/x.png'; document.body.append(i); setTimeout(() => done('loaded'), 3000)"
    )
    assert blocked == "img-src"


def test_sorts_by_number_up_and_down(browser, folder):
    visit(browser, folder, "comparison")
    button = browser.find_element(By.XPATH, "//table[@id='findings']//button[.='times what matters']")
    weights = "return [...document.querySelectorAll('#findings tbody tr')].map(r => Number(r.cells[2].dataset.sort))"
    button.click()
    rising = browser.execute_script(weights)
    assert rising == sorted(rising) and rising[0] < rising[-1]
    button.send_keys(Keys.ENTER)
    assert browser.execute_script(weights) == sorted(rising, reverse=True)
    assert button.find_element(By.XPATH, "..").get_attribute("aria-sort") == "descending"


def test_filters_by_word_and_verdict(browser, folder):
    visit(browser, folder, "comparison")
    everything = len(texts(browser, "#findings tbody tr"))
    browser.find_element(By.ID, "search").send_keys("monument")
    some = texts(browser, "#findings tbody tr")
    assert 0 < len(some) < everything and all("monument" in text for text in some)
    assert len(texts(browser, "details.finding > summary")) == len(some)
    Select(browser.find_element(By.ID, "verdict")).select_by_visible_text("drift")
    fewer = texts(browser, "#findings tbody tr")
    assert 0 < len(fewer) < len(some)
    assert browser.find_element(By.ID, "shown").text == f"{len(fewer)} of {everything} findings"


def test_a_finding_opens_by_keyboard(browser, folder):
    visit(browser, folder, "comparison")
    summary = browser.find_element(By.CSS_SELECTOR, "details.finding > summary")
    body = browser.find_element(By.CSS_SELECTOR, "details.finding .body")
    assert not body.is_displayed()
    summary.send_keys(Keys.ENTER)
    assert body.is_displayed() and "Usual causes" in body.text


def test_a_link_opens_its_finding_also_without_the_script(browser, folder):
    for script in (True, False):
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})
        visit(browser, folder, "comparison")
        link = browser.find_element(By.CSS_SELECTOR, "#findings tbody tr:nth-child(3) a")
        link.send_keys(Keys.ENTER)
        opened = browser.find_element(By.ID, link.get_attribute("href").split("#")[1])
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
        assert opened.is_displayed(), f"script: {script}"


def test_an_alarm_of_a_series_opens_its_window(browser, folder):
    for script in (True, False):
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})
        visit(browser, folder, "series")
        alarm = browser.find_element(By.CSS_SELECTOR, "svg a[aria-label$=alarm]")
        alarm.send_keys(Keys.ENTER)
        opened = browser.find_element(By.ID, alarm.get_dom_attribute("href")[1:])
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
        assert opened.is_displayed(), f"script: {script}"
        assert "alarms" in opened.text and "→" in opened.text and "matters from" in opened.text


def test_every_watched_window_opens_from_the_table(browser, folder):
    visit(browser, folder, "series")
    # The table that is open has what is new; the history is folded.
    links = browser.find_elements(By.CSS_SELECTOR, ":not(.others) > .scroll.all tbody a")
    assert len(links) == 30
    assert "30 windows" in texts(browser, ":not(.others) > .scroll.all tbody tr")[0]
    assert len(browser.find_elements(By.CSS_SELECTOR, ".others > .scroll.all tbody tr")) == 60
    for link in (links[0], links[-1]):
        link.send_keys(Keys.ENTER)
        opened = browser.find_element(By.ID, link.get_attribute("href").split("#")[1])
        assert opened.is_displayed()
        assert link.text in opened.find_element(By.XPATH, "..").text


def test_the_map_switches_to_classes_and_to_one_of_them(browser, folder):
    visit(browser, folder, "comparison")
    colour = "return getComputedStyle(document.querySelector('.by-class .w1')).stroke"
    window = browser.execute_script(colour)
    browser.find_element(By.CSS_SELECTOR, ".map input[value=class]").click()
    assert browser.execute_script(colour) != window
    assert "animal" in texts(browser, ".legend.class")[0]
    Select(browser.find_element(By.CSS_SELECTOR, ".map .only select")).select_by_visible_text("fish")
    shown = "return [...document.querySelectorAll('.map [data-place]')].filter(p => getComputedStyle(p).display !== 'none' && p.parentNode.getClientRects().length).map(p => p.querySelector('title').textContent)"
    assert browser.execute_script(shown) == ["fish, reference", "fish, target"]
    browser.find_element(By.CSS_SELECTOR, ".map input[value=cluster]").click()
    assert texts(browser, ".legend.cluster")


def test_hostile_text_is_text(browser, folder):
    visit(browser, folder, "hostile")
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    page = browser.execute_script("return document.body.innerText")
    assert "<script>alert(1)</script>" in page and "{{7*7}}" in page and "&amp;" in page
    assert "\u202e" not in page and "\\u{202e}" in page
    assert browser.execute_script("return document.querySelectorAll('script').length") == 1
    assert browser.execute_script("return document.querySelectorAll('img:not([src^=\"data:\"]), [onload], [onerror]').length") == 0
    assert browser.get_log("browser") == []


def test_dark_and_light_are_both_readable(browser, folder):
    """WCAG 2.2, 1.4.3: 4.5 to 1 for text; by the colours that the browser works out."""
    contrast = """
      function parse(c) { return c.match(/[\\d.]+/g).map(Number); }
      function ground(e) {
        for (; e; e = e.parentElement) { var c = parse(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] === 1) { return c; } }
        return parse(getComputedStyle(document.body).backgroundColor);
      }
      function light(c) {
        var [r, g, b] = c.slice(0, 3).map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      }
      document.querySelectorAll('details').forEach(d => d.open = true);
      return [...document.querySelectorAll('h1, h1 .verdict, h2, p, a, small, td, th, dt, dd, .badge, summary, code, li, svg text')]
        .filter(e => e.textContent.trim() && e.getClientRects().length && !e.matches('svg a'))
        .map(e => {
          var style = getComputedStyle(e);
          var [a, b] = [light(parse(e.namespaceURI.endsWith('svg') ? style.fill : style.color)), light(ground(e))].sort((a, b) => b - a);
          return [(a + 0.05) / (b + 0.05), e.tagName + '.' + e.className.baseVal + e.className + ' ' + e.textContent.slice(0, 40)];
        }).sort((a, b) => a[0] - b[0])[0];
    """
    for scheme in ("light", "dark"):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        for page in ("comparison", "series", "stability", "boxes"):
            visit(browser, folder, page)
            worst = browser.execute_script(contrast)
            assert worst[0] >= 4.5, f"{scheme} {page}: {worst}"
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_pictures_have_names_and_charts_have_titles(browser, folder):
    visit(browser, folder, "pictures")
    shown = browser.execute_script("return [...document.querySelectorAll('.shot use')].map(u => [u.getAttribute('href'), u.parentNode.querySelector('title').textContent])")
    assert len(shown) > 5 and all(name for _, name in shown)
    kept = browser.execute_script("return [...document.querySelectorAll('.store image')].map(i => '#' + i.id)")
    assert sorted(kept) == sorted({place for place, _ in shown})
    visit(browser, folder, "comparison")
    untitled = "return [...document.querySelectorAll('svg:not(.store)')].filter(s => s.getAttribute('role') !== 'img' || !s.querySelector(':scope > title').textContent).length"
    assert browser.execute_script(untitled) == 0


def test_maps_of_boxes_have_shades_in_light_and_dark(browser, folder):
    shades = """
      var lie = [...document.querySelectorAll('h2')].find(h => h.textContent.startsWith('Where objects lie')).parentElement;
      return [...lie.querySelectorAll('path.heat')].map(p => [getComputedStyle(p).fill, getComputedStyle(p).fillOpacity, p.querySelector('title').textContent]);
    """
    colours = []
    for scheme in ("light", "dark"):
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        visit(browser, folder, "boxes")
        found = browser.execute_script(shades)
        assert len({opacity for _, opacity, _ in found}) >= 4 and all("100 objects" in t or "of the image" in t for *_, t in found)
        colours.append({fill for fill, *_ in found})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert len(colours[0]) == 2 and not colours[0] & colours[1]


def test_boxes_lie_on_their_pictures(browser, folder):
    """On black, what is bright is the picture: the box around the whole of it ends where it does."""
    visit(browser, folder, "pictures")
    browser.execute_script(
        "document.body.style.background = '#000'; document.querySelectorAll('.shot').forEach(s => s.style.background = '#000');"
        "document.querySelectorAll('.shot path').forEach(p => p.style.visibility = 'hidden')"
    )
    shots = browser.find_elements(By.CSS_SELECTOR, "header .shot")
    assert len(shots) >= 3
    for shot in shots:
        box = browser.execute_script(
            "var s = arguments[0], f = s.getBoundingClientRect(), v = s.querySelectorAll('svg')[1], p = v.querySelector('path'), b = p.getBBox(), m = p.getScreenCTM();"
            "return [b.x * m.a + m.e - f.left, b.y * m.d + m.f - f.top, (b.x + b.width) * m.a + m.e - f.left, (b.y + b.height) * m.d + m.f - f.top]",
            shot,
        )
        rows = grey_rows(shot.screenshot_as_png)
        bright = [(x, y) for y, row in enumerate(rows) for x, value in enumerate(row) if value > 60]
        seen = (min(x for x, _ in bright), min(y for _, y in bright), max(x for x, _ in bright) + 1, max(y for _, y in bright) + 1)
        assert max(abs(a - b) for a, b in zip(box, seen)) <= 2, (box, seen)


def grey_rows(png):
    """Brightness of the pixels of a screenshot: 8 bits, RGB or RGBA, not interlaced."""
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    channels = {2: 3, 6: 4}[colour]
    assert depth == 8
    data, at = b"", 8
    while at < len(png):
        length, tag = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + length] if tag == b"IDAT" else b""
        at += length + 12
    raw, rows, above = zlib.decompress(data), [], bytearray(width * channels)
    for y in range(height):
        start = y * (width * channels + 1)
        kind, row = raw[start], bytearray(raw[start + 1 : start + 1 + width * channels])
        for i in range(len(row)):
            left, up, corner = (row[i - channels] if i >= channels else 0), above[i], (above[i - channels] if i >= channels else 0)
            if kind == 1:
                row[i] = (row[i] + left) & 255
            elif kind == 2:
                row[i] = (row[i] + up) & 255
            elif kind == 3:
                row[i] = (row[i] + (left + up) // 2) & 255
            elif kind == 4:
                guess = left + up - corner
                row[i] = (row[i] + min((left, up, corner), key=lambda v: abs(guess - v))) & 255
        rows.append([row[x * channels] for x in range(width)])
        above = row
    return rows


def test_the_same_input_makes_the_same_bytes(folder, tmp_path):
    import pages

    for name in ("reference.dsp", "target.dsp"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    pages.run(tmp_path, "compare reference.dsp target.dsp --threads 1 --html again.html", (1,))
    assert (tmp_path / "again.html").read_bytes() == (folder / "comparison.html").read_bytes()
