//! What a page is made of, whatever it is written on.
//!
//! Sections are written once, against this trait: a terminal ([`Page`]) and
//! Markdown ([`Markdown`]) say the same words in the same order.
//!
//! [`Page`]: super::page::Page
//! [`Markdown`]: super::markdown::Markdown

use super::page::{Entry, Tone};

/// Something to write a page on.
///
/// Text is plain text from which control characters are gone
/// ([`escape`](super::escape)); what else means something to the medium, the
/// medium escapes.
pub(super) trait Canvas {
    /// A paragraph whose first word or words, `lead`, stand out.
    fn lead(&mut self, lead: &str, tone: Tone, rest: &str);

    /// The heading of a section.
    fn heading(&mut self, text: &str);

    /// The heading of a section that is read on demand.
    fn details(&mut self, text: &str);

    /// A paragraph.
    fn text(&mut self, text: &str);

    /// A paragraph behind a mark (`-`, `1.`) or a word.
    fn item(&mut self, mark: &str, text: &str);

    /// A paragraph beside the point, such as a legend.
    fn aside(&mut self, text: &str);

    /// A record's id, to be copied, and why it is named.
    fn record(&mut self, id: &str, why: &str);

    /// Lines of block characters below an item, for media that show them and have no charts.
    fn blocks(&mut self, _lines: &[String]) {}

    /// A table under column names.
    fn table(&mut self, header: &[&str], rows: Vec<Vec<Entry>>);
}
