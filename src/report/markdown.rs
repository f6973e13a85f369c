//! GitHub-flavoured Markdown: a canvas, and a comparison on it.

use super::canvas::Canvas;
use super::escape::clip;
use super::markdown_escape::escape_markdown;
use super::page::{Entry, Tone};
use super::terminal::write;
use crate::compare::Comparison;

/// Characters of a record's id.
const ID: usize = 200;

/// The comparison as GitHub-flavoured Markdown, such as a comment on a pull
/// request: the words of [`terminal`](super::terminal()) in the same order, with the
/// verdict, what moved, the groups and the findings in sight and the rest folded
/// (`<details>`). `verbose` lists every finding and every record.
///
/// Every text is escaped: a name from the data shows as it is, and makes no
/// markup, link, mention or formula.
///
/// ```
/// # use driftsphere::compare::{Comparison, Verdict, WindowSummary};
/// # let window = |name: &str| WindowSummary {
/// #     name: name.into(), records: 1000, not_used: vec![], times: None };
/// # let comparison = Comparison {
/// #     verdict: Verdict::NoDrift, alpha: 0.05, reference: window("march.dsp"),
/// #     target: window("<april>.dsp"), groups: vec![], findings: vec![], why: vec![], spaces: vec![], notes: vec![] };
/// let text = driftsphere::report::markdown(&comparison, false);
/// assert!(text.starts_with("**NO DRIFT**: "));
/// assert!(text.contains("- **target** &lt;april&gt;.dsp, 1,000 records"));
/// ```
#[must_use]
pub fn markdown(comparison: &Comparison, verbose: bool) -> String {
    let mut page = Markdown::default();
    write(&mut page, comparison, verbose);
    page.finish()
}

/// A Markdown document being written.
#[derive(Debug, Default)]
pub(super) struct Markdown {
    out: String,
    /// Whether the last block was an item: the next one belongs to its list.
    in_list: bool,
    /// Whether a fold is open.
    folded: bool,
}

impl Markdown {
    /// A block, apart from what stands above it.
    fn block(&mut self, text: &str) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out.push_str(text);
        self.out.push('\n');
        self.in_list = false;
    }

    /// An item of a list.
    fn listed(&mut self, text: &str) {
        if self.in_list {
            self.out.push_str(text);
            self.out.push('\n');
        } else {
            self.block(text);
            self.in_list = true;
        }
    }

    fn unfold(&mut self) {
        if self.folded {
            self.block("</details>");
            self.folded = false;
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.unfold();
        self.out
    }
}

impl Canvas for Markdown {
    fn lead(&mut self, lead: &str, _: Tone, rest: &str) {
        self.block(&format!(
            "**{}**{}",
            escape_markdown(lead),
            escape_markdown(rest)
        ));
    }

    fn heading(&mut self, text: &str) {
        self.unfold();
        self.block(&format!("### {}", escape_markdown(text)));
    }

    fn details(&mut self, text: &str) {
        self.unfold();
        self.block(&format!(
            "<details><summary>{}</summary>",
            escape_markdown(text)
        ));
        self.folded = true;
    }

    fn text(&mut self, text: &str) {
        self.block(&escape_markdown(text));
    }

    fn item(&mut self, mark: &str, text: &str) {
        let text = escape_markdown(text);
        let mark = mark.trim();
        self.listed(&match mark == "-" || mark.ends_with('.') {
            true => format!("{mark} {text}"),
            false => format!("- **{}** {text}", escape_markdown(mark)),
        });
    }

    fn aside(&mut self, text: &str) {
        self.block(&format!("<sub>{}</sub>", escape_markdown(text)));
    }

    fn record(&mut self, id: &str, why: &str) {
        self.listed(&format!(
            "- <code>{}</code> {}",
            escape_markdown(&clip(id, ID)),
            escape_markdown(why)
        ));
    }

    fn table(&mut self, header: &[&str], rows: Vec<Vec<Entry>>) {
        let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
        let right = |i: usize| rows.first().is_some_and(|row| row[i].right);
        let mut lines = vec![
            line(header.iter().map(|name| escape_markdown(name)).collect()),
            line(
                (0..header.len())
                    .map(|i| if right(i) { "---:" } else { "---" }.to_owned())
                    .collect(),
            ),
        ];
        for row in &rows {
            lines.push(line(
                row.iter().map(|cell| escape_markdown(&cell.text)).collect(),
            ));
        }
        self.block(&lines.join("\n"));
    }
}
