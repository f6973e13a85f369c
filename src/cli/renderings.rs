//! One result as JSON, as Markdown, as HTML and as a page, each where it was asked for.

use super::output::{self, is_screen};
use super::result_args::ResultArgs;
use anyhow::{Result, bail};
use driftsphere::report::TerminalOptions;
use std::path::{Path, PathBuf};

/// Where a result goes: `--json FILE|-`, `--markdown FILE|-` and `--html FILE`. What
/// goes to standard output takes the place of the page.
#[derive(Debug)]
pub(super) struct Renderings<'a> {
    typed: &'a ResultArgs,
    /// Further files that the answer is written to, by the option that named them.
    further: Vec<(&'static str, &'a Path)>,
}

impl<'a> Renderings<'a> {
    /// Refuses, before any work is done, two results in one place, and files that
    /// cannot be written or would destroy an input. `further` are options of the command that name
    /// files of the result, too, and what was typed behind them.
    pub(super) fn new(
        typed: &'a ResultArgs,
        further: &[(&'static str, Option<&'a PathBuf>)],
        inputs: &[PathBuf],
    ) -> Result<Self> {
        let named = further.iter();
        let out = Self {
            typed,
            further: named
                .filter_map(|(option, path)| Some((*option, (*path)?.as_path())))
                .collect(),
        };
        let mut places: Vec<(&str, PathBuf)> = Vec::new();
        for (option, path) in out.named() {
            let place = if is_screen(path) {
                path.to_owned()
            } else {
                std::path::absolute(path)?
            };
            if let Some((other, _)) = places.iter().find(|(_, other)| *other == place) {
                bail!("{other} and {option} cannot be written to the same place");
            }
            places.push((option, place));
        }
        let to_files = out
            .named()
            .filter(|(option, _)| !["--json", "--markdown"].contains(option));
        if let Some((option, _)) = to_files.into_iter().find(|(_, path)| is_screen(path)) {
            bail!("{option} is written to a file, not to standard output");
        }
        for (_, path) in out.named().filter(|(_, path)| !is_screen(path)) {
            output::check_output(path, inputs)?;
        }
        Ok(out)
    }

    fn named(&self) -> impl Iterator<Item = (&'static str, &'a Path)> {
        let typed = [
            ("--json", &self.typed.json),
            ("--markdown", &self.typed.markdown),
            ("--html", &self.typed.html),
        ];
        let named = |(option, path): (_, &'a Option<PathBuf>)| Some((option, path.as_deref()?));
        typed
            .into_iter()
            .filter_map(named)
            .chain(self.further.iter().copied())
    }

    /// Whether the page is not printed: what it would say of an open question is then to be
    /// said apart.
    pub(super) fn are_silent(&self) -> bool {
        self.typed.quiet || self.named().any(|(_, path)| is_screen(path))
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

fn put(path: &Path, text: &str) -> Result<()> {
    match is_screen(path) {
        true => output::print(text),
        false => output::write_file(path, text.as_bytes()),
    }
}
