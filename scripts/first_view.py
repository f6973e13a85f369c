"""How soon pages are seen in headless Chromium: medians of several first visits.

Needs tests/browser/requirements.txt, chromium and chromium-driver (or CHROMIUM and CHROMEDRIVER):

    python scripts/first_view.py PAGE.html...
"""

import os
import statistics
import sys
import time
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

VISITS = 7
TIMES = """
  var t = performance.getEntriesByType('navigation')[0], p = performance.getEntriesByName('first-contentful-paint')[0];
  return [p && p.startTime, t.domInteractive, t.loadEventEnd];
"""


def browser():
    options = Options()
    options.binary_location = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900"):
        options.add_argument(argument)
    return webdriver.Chrome(options=options, service=Service(os.environ.get("CHROMEDRIVER", "/usr/bin/chromedriver")))


def visits(driver, page):
    for _ in range(VISITS):
        driver.get("about:blank")
        driver.get(page.resolve().as_uri())
        while True:
            seen, ready, loaded = driver.execute_script(TIMES)
            if seen and loaded:
                yield seen, ready, loaded
                break
            time.sleep(0.05)


def main():
    driver = browser()
    try:
        for page in map(Path, sys.argv[1:]):
            seen, ready, loaded = (statistics.median(times) for times in zip(*visits(driver, page)))
            size = page.stat().st_size
            print(f"{page}: {size} bytes, first view {seen:.0f} ms, interactive {ready:.0f} ms, loaded {loaded:.0f} ms")
    finally:
        driver.quit()


if __name__ == "__main__":
    main()
