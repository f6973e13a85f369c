//! The frame that every page stands in.

use super::blocks::{Block, Section};
use super::filters;
use super::pictures::Pictures;
use askama::Template;

/// A whole page, from one file of markup, one of style and one of program.
#[derive(Debug, Template)]
#[template(path = "page.html")]
pub(super) struct Document {
    /// What the browser calls it; text from data is escaped and clipped.
    pub(super) title: String,
    /// What kind of page it is, such as `comparison`.
    pub(super) kind: &'static str,
    /// What is read first, in sight from the start.
    pub(super) top: Vec<Section>,
    /// The rest, in its order.
    pub(super) sections: Vec<Section>,
    /// Pictures in base 64, by the place that galleries name.
    pub(super) pictures: Vec<(usize, String)>,
    /// The version of this crate.
    pub(super) version: &'static str,
}

impl Document {
    /// A page whose first section is its top.
    pub(super) fn new(kind: &'static str, title: String, mut sections: Vec<Section>) -> Self {
        let rest = sections.split_off(sections.len().min(1));
        Self::with_top(kind, title, sections, rest)
    }

    pub(super) fn with_top(
        kind: &'static str,
        title: String,
        top: Vec<Section>,
        sections: Vec<Section>,
    ) -> Self {
        Self {
            title,
            kind,
            top,
            sections,
            pictures: Vec::new(),
            version: env!("CARGO_PKG_VERSION"),
        }
    }

    /// The same with the pictures that its galleries show.
    pub(super) fn with_pictures(mut self, pictures: &Pictures) -> Self {
        let sections = self.top.iter().chain(&self.sections);
        let shots = sections
            .flat_map(|section| &section.blocks)
            .flat_map(Block::shots);
        let places = shots.filter_map(|shot| shot.picture).collect();
        self.pictures = pictures.shown(&places);
        self
    }

    /// The page as text. The same document gives the same bytes.
    pub(super) fn write(&self) -> String {
        // A string takes whatever is written to it.
        self.render().expect("writing to memory does not fail")
    }
}
