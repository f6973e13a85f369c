//! One result as JSON, as Markdown and as a page, each where it was asked for.

use super::output;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

/// Where a result goes: `--json FILE|-` and `--markdown FILE|-`. What goes to
/// standard output takes the place of the page.
#[derive(Debug)]
pub(super) struct Renderings<'a> {
    json: Option<&'a Path>,
    markdown: Option<&'a Path>,
}

impl<'a> Renderings<'a> {
    /// Refuses, before any work is done, two results in one place, and files that
    /// cannot be written or would destroy an input.
    pub(super) fn new(
        json: Option<&'a Path>,
        markdown: Option<&'a Path>,
        inputs: &[PathBuf],
    ) -> Result<Self> {
        if json.is_some() && json == markdown {
            bail!("--json and --markdown cannot both be written to the same place");
        }
        for path in [json, markdown].into_iter().flatten() {
            if !is_screen(path) {
                output::check_output(path, inputs)?;
            }
        }
        Ok(Self { json, markdown })
    }

    /// Whether JSON or Markdown goes to standard output.
    pub(super) fn take_the_screen(&self) -> bool {
        [self.json, self.markdown]
            .into_iter()
            .flatten()
            .any(is_screen)
    }

    /// Writes them, and prints the page where nothing takes its place.
    pub(super) fn write(
        &self,
        json: impl FnOnce() -> String,
        markdown: impl FnOnce() -> String,
        page: Option<String>,
    ) -> Result<()> {
        if let Some(path) = self.json {
            put(path, &json())?;
        }
        if let Some(path) = self.markdown {
            put(path, &markdown())?;
        }
        match page {
            Some(page) if !self.take_the_screen() => output::print(&page),
            _ => Ok(()),
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
