//! One result as JSON, as Markdown, as HTML and as a page, each where it was asked for.

use super::output;
use super::result_args::ResultArgs;
use anyhow::{Result, bail};
use driftsphere::report::TerminalOptions;
use std::path::{Path, PathBuf};

/// Where a result goes: `--json FILE|-`, `--markdown FILE|-` and `--html FILE`. What
/// goes to standard output takes the place of the page.
#[derive(Debug)]
pub(super) struct Renderings<'a> {
    typed: &'a ResultArgs,
}

impl<'a> Renderings<'a> {
    /// Refuses, before any work is done, two results in one place, and files that
    /// cannot be written or would destroy an input.
    pub(super) fn new(typed: &'a ResultArgs, inputs: &[PathBuf]) -> Result<Self> {
        let out = Self { typed };
        let places: Vec<&Path> = out.paths().collect();
        if (1..places.len()).any(|i| places[..i].contains(&places[i])) {
            bail!("--json, --markdown and --html cannot be written to the same place");
        }
        if typed.html.as_deref().is_some_and(is_screen) {
            bail!("--html is written to a file, such as report.html, not to standard output");
        }
        for path in out.paths().filter(|path| !is_screen(path)) {
            output::check_output(path, inputs)?;
        }
        Ok(out)
    }

    fn paths(&self) -> impl Iterator<Item = &'a Path> + use<'a> {
        let paths = [&self.typed.json, &self.typed.markdown, &self.typed.html];
        paths.into_iter().filter_map(|path| path.as_deref())
    }

    /// Whether the page is not printed: what it would say of an open question is then to be
    /// said apart.
    pub(super) fn are_silent(&self) -> bool {
        self.typed.quiet || self.paths().any(is_screen)
    }

    /// Writes them, Markdown and page with all there is or not, and prints the page where
    /// nothing takes its place.
    pub(super) fn write(
        &self,
        json: impl FnOnce() -> String,
        markdown: impl FnOnce(bool) -> String,
        html: impl FnOnce() -> String,
        page: impl FnOnce(&TerminalOptions) -> String,
    ) -> Result<()> {
        let verbose = self.typed.verbose;
        if let Some(path) = &self.typed.json {
            put(path, &json())?;
        }
        if let Some(path) = &self.typed.markdown {
            put(path, &markdown(verbose))?;
        }
        if let Some(path) = &self.typed.html {
            put(path, &html())?;
        }
        match self.are_silent() {
            true => Ok(()),
            false => output::print(&page(&output::page(verbose))),
        }
    }
}

fn is_screen(path: &Path) -> bool {
    path == Path::new("-")
}

fn put(path: &Path, text: &str) -> Result<()> {
    match is_screen(path) {
        true => output::print(text),
        false => output::write_file(path, text.as_bytes()),
    }
}
