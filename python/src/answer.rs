//! What was found out, with its renderings.

use crate::profile::Profile;
use crate::work::detached;
use driftsphere::compare::series::Series;
use driftsphere::compare::stability::{Change, Stability};
use driftsphere::compare::{Comparison, Verdict, WindowSummary};
use driftsphere::ingest::image::ImageRoot;
use driftsphere::report::html::{self, Pictures};
use driftsphere::report::{
    Style, TerminalOptions, headline, json, markdown, series_headline, series_json,
    series_markdown, series_page, stability_headline, stability_json, stability_markdown,
    stability_page, terminal,
};
use pyo3::prelude::*;
use std::path::PathBuf;

/// `text` with every character shown that could act on a screen or turn the order of
/// reading.
#[pyfunction]
pub(crate) fn escape(text: &str) -> String {
    driftsphere::report::escape(text).into_owned()
}

/// An answer as it is rendered; `driftsphere.answers` has a class for each kind.
#[pyclass(frozen, module = "driftsphere._driftsphere")]
#[derive(Debug)]
pub(crate) struct Answer(Kind);

#[derive(Debug)]
pub(crate) enum Kind {
    /// With the profiles that were compared: its page draws what they hold.
    Comparison(Box<Comparison>, [Py<Profile>; 2]),
    /// With what the windows were held against.
    Series(Box<Series>, WindowSummary),
    Stability(Box<Stability>),
}

impl From<Kind> for Answer {
    fn from(kind: Kind) -> Self {
        Self(kind)
    }
}

#[pymethods]
impl Answer {
    /// The answer in a sentence.
    fn headline(&self) -> String {
        match &self.0 {
            Kind::Comparison(answer, _) => headline(answer),
            Kind::Series(answer, _) => series_headline(answer),
            Kind::Stability(answer) => stability_headline(answer),
        }
    }

    /// The JSON document, as the command writes it.
    fn json(&self) -> String {
        match &self.0 {
            Kind::Comparison(answer, _) => json::to_text(answer, comparison_status(answer)),
            Kind::Series(answer, _) => series_json::to_text(answer, series_status(answer)),
            Kind::Stability(answer) => stability_json::to_text(answer, stability_status(answer)),
        }
    }

    /// Markdown, such as for a comment on a pull request.
    fn markdown(&self, verbose: bool) -> String {
        match &self.0 {
            Kind::Comparison(answer, _) => markdown(answer, verbose),
            Kind::Series(answer, reference) => series_markdown(answer, reference, verbose),
            Kind::Stability(answer) => stability_markdown(answer, verbose),
        }
    }

    /// Text for a terminal of `width` columns.
    fn page(&self, verbose: bool, width: u16) -> String {
        let options = TerminalOptions {
            style: Style::Plain,
            width,
            verbose,
            blocks: false,
        };
        match &self.0 {
            Kind::Comparison(answer, _) => terminal(answer, &options),
            Kind::Series(answer, reference) => series_page(answer, reference, &options),
            Kind::Stability(answer) => stability_page(answer, &options),
        }
    }

    /// One HTML file; `images` are folders that a comparison looks for pictures of records in.
    fn html(&self, py: Python<'_>, images: Vec<PathBuf>) -> PyResult<String> {
        detached(py, || match &self.0 {
            Kind::Comparison(answer, profiles) => {
                let [reference, target] = profiles.each_ref().map(|profile| profile.get().core());
                let roots: Vec<ImageRoot> = images
                    .iter()
                    .map(ImageRoot::open)
                    .collect::<driftsphere::Result<_>>()?;
                let wanted = html::wanted(answer, reference, target);
                let pictures = Pictures::of_files(&wanted, &roots, &roots, |_, _| None);
                Ok(html::comparison(answer, reference, target, &pictures))
            }
            Kind::Series(answer, reference) => Ok(html::series(answer, reference)),
            Kind::Stability(answer) => Ok(html::stability(answer)),
        })
    }
}

// The exit status that the command would end with is part of its documents.

fn comparison_status(answer: &Comparison) -> u8 {
    match answer.verdict {
        Verdict::NotTested => 2,
        Verdict::Drift => 1,
        _ => 0,
    }
}

fn series_status(answer: &Series) -> u8 {
    use driftsphere::compare::series::Role;
    let mut windows = answer.windows.iter();
    match windows.any(|window| window.role == Role::Watched) {
        true => u8::from(!answer.episodes.is_empty()),
        false => 2,
    }
}

fn stability_status(answer: &Stability) -> u8 {
    match answer.verdict {
        Change::NotTested => 2,
        Change::Changed => 1,
        _ => 0,
    }
}
