//! Laying text out on a page of so many columns.

use super::canvas::Canvas;
use super::escape::clip;
use super::terminal::TerminalOptions;
use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table, Width,
};

/// The longest word of a table that is never broken: six such columns fit 80.
const WORD: usize = 10;

/// Whether a page may be coloured.
///
/// Meaning never hangs on colour alone: the same words stand in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// Text alone.
    #[default]
    Plain,
    /// ANSI colours and bold headings.
    Colour,
}

/// What a piece of text means, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// Heading.
    Strong,
    /// Drift.
    Bad,
    /// Possible drift, not enough data.
    Doubt,
    /// No drift.
    Good,
    /// Beside the point.
    Quiet,
}

impl Tone {
    fn ansi(self) -> &'static str {
        match self {
            Self::Strong => "1",
            Self::Bad => "1;31",
            Self::Doubt => "1;33",
            Self::Good => "1;32",
            Self::Quiet => "2",
        }
    }

    fn on(self, cell: Cell) -> Cell {
        match self {
            Self::Strong => cell.add_attribute(Attribute::Bold),
            Self::Bad => cell.fg(Color::Red).add_attribute(Attribute::Bold),
            Self::Doubt => cell.fg(Color::Yellow).add_attribute(Attribute::Bold),
            Self::Good => cell.fg(Color::Green).add_attribute(Attribute::Bold),
            Self::Quiet => cell.add_attribute(Attribute::Dim),
        }
    }
}

/// One cell of a table.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) text: String,
    pub(super) tone: Option<Tone>,
    pub(super) right: bool,
}

impl Entry {
    /// Text at the left.
    pub(super) fn left(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            tone: None,
            right: false,
        }
    }

    /// A number at the right.
    pub(super) fn right(text: impl Into<String>) -> Self {
        Self {
            right: true,
            ..Self::left(text)
        }
    }

    /// The same in another tone.
    pub(super) fn toned(mut self, tone: Tone) -> Self {
        self.tone = Some(tone);
        self
    }

    fn into_cell(self) -> Cell {
        let cell = Cell::new(self.text).set_alignment(if self.right {
            CellAlignment::Right
        } else {
            CellAlignment::Left
        });
        match self.tone {
            Some(tone) => tone.on(cell),
            None => cell,
        }
    }
}

/// A page being written. Text given to it is already escaped.
#[derive(Debug)]
pub(super) struct Page {
    out: String,
    width: usize,
    style: Style,
    /// Whether block characters are shown.
    blocks: bool,
}

impl Page {
    /// A page as wide and as coloured as the terminal that it is for.
    pub(super) fn of(options: &TerminalOptions) -> Self {
        Self {
            blocks: options.blocks,
            ..Self::new(options.width, options.style)
        }
    }

    pub(super) fn new(width: u16, style: Style) -> Self {
        Self {
            out: String::new(),
            width: usize::from(width.clamp(60, 200)),
            style,
            blocks: false,
        }
    }

    /// Columns that fit beside an indent of two.
    fn room(&self) -> usize {
        self.width - 2
    }

    fn hanging(&mut self, mark: &str, text: &str) {
        let margin = columns(mark);
        for (i, line) in wrap(text, self.room() - margin).iter().enumerate() {
            let start = if i == 0 { mark } else { &" ".repeat(margin) };
            self.line(&format!("  {start}{line}"));
        }
    }

    /// A line as it is.
    pub(super) fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    fn paint(&self, text: &str, tone: Tone) -> String {
        match self.style {
            Style::Plain => text.to_owned(),
            Style::Colour => format!("\u{1b}[{}m{text}\u{1b}[0m", tone.ansi()),
        }
    }
}

impl Canvas for Page {
    fn heading(&mut self, text: &str) {
        self.out.push('\n');
        let line = self.paint(text, Tone::Strong);
        self.line(&line);
    }

    fn lead(&mut self, lead: &str, tone: Tone, rest: &str) {
        for (i, line) in wrap(&format!("{lead}{rest}"), self.width)
            .iter()
            .enumerate()
        {
            match line.strip_prefix(lead).filter(|_| i == 0) {
                Some(tail) => {
                    let painted = format!("{}{tail}", self.paint(lead, tone));
                    self.line(&painted);
                }
                None => self.line(line),
            }
        }
    }

    fn text(&mut self, text: &str) {
        self.hanging("", text);
    }

    fn item(&mut self, mark: &str, text: &str) {
        self.hanging(&format!("{mark} "), text);
    }

    fn aside(&mut self, text: &str) {
        for line in wrap(text, self.room()) {
            let painted = self.paint(&line, Tone::Quiet);
            self.line(&format!("  {painted}"));
        }
    }

    fn table(&mut self, header: &[&str], rows: Vec<Vec<Entry>>) {
        let mut table = Table::new();
        // A line under the header and nothing else.
        table.load_preset("     ──            ");
        table.set_content_arrangement(ContentArrangement::Dynamic);
        // One column of indent comes before each line.
        table.set_width(u16::try_from(self.width - 1).unwrap_or(u16::MAX));
        match self.style {
            Style::Plain => table.force_no_tty(),
            Style::Colour => table.enforce_styling(),
        };
        // Words stay whole as long as they are no longer than `WORD`.
        table.set_constraints((0..header.len()).map(|i| {
            let words = rows.iter().flat_map(|row| row[i].text.split_whitespace());
            let longest = words.chain(header[i].split(' ')).map(columns).max();
            let width = longest.unwrap_or(0).min(WORD) + 2;
            ColumnConstraint::LowerBoundary(Width::Fixed(width as u16))
        }));
        table.set_header(header.iter().map(|name| Tone::Strong.on(Cell::new(name))));
        for row in rows {
            table.add_row(row.into_iter().map(Entry::into_cell));
        }
        for line in table.to_string().lines() {
            self.line(&format!(" {}", line.trim_end()));
        }
    }

    fn details(&mut self, text: &str) {
        self.heading(text);
    }

    fn blocks(&mut self, lines: &[String]) {
        if self.blocks {
            for line in lines {
                self.line(&format!("     {line}"));
            }
        }
    }

    fn record(&mut self, id: &str, why: &str) {
        // Ids stand alone at the start of a line, to be copied.
        let id = clip(id, self.room().saturating_sub(columns(why) + 2));
        self.line(&format!("  {id}  {why}"));
    }
}

/// `text` in lines of at most `width` columns, broken at spaces; a longer word
/// is broken where it must be.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let mut word = word.to_owned();
        let gap = usize::from(!line.is_empty());
        if used + gap + columns(&word) > width && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        while columns(&word) > width {
            let mut taken = 0;
            let cut = word
                .char_indices()
                .find(|&(_, c)| {
                    taken += columns_of(c);
                    taken > width
                })
                .map_or(word.len(), |(i, _)| i);
            let first = word.chars().next().map_or(1, char::len_utf8);
            let rest = word.split_off(cut.max(first));
            lines.push(std::mem::replace(&mut word, rest));
        }
        if !line.is_empty() {
            line.push(' ');
            used += 1;
        }
        used += columns(&word);
        line.push_str(&word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Columns that `text` takes on a terminal.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// Two for the wide blocks (East Asian scripts, emoji), one for the rest: enough
/// to lay out a page, not a full Unicode Standard Annex 11.
fn columns_of(c: char) -> usize {
    match u32::from(c) {
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1faff
        | 0x2_0000..=0x3_fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_never_pass_the_width() {
        let text = "a bb ccc 猫猫猫猫猫猫 dddddddddddddddddddddd eeee";
        for width in 2..30 {
            let lines = wrap(text, width);
            assert!(lines.iter().all(|line| columns(line) <= width), "{width}");
            let letters = |s: &str| s.replace(char::is_whitespace, "");
            assert_eq!(letters(&lines.concat()), letters(text), "{width}");
        }
    }

    #[test]
    fn words_are_kept_whole_where_they_fit() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("", 7), [""; 0]);
    }

    #[test]
    fn colour_is_only_written_when_asked_for() {
        for (style, escapes) in [(Style::Plain, false), (Style::Colour, true)] {
            let mut page = Page::new(80, style);
            page.heading("Heading");
            page.table(&["a"], vec![vec![Entry::left("b").toned(Tone::Bad)]]);
            assert_eq!(page.finish().contains('\u{1b}'), escapes);
        }
    }
}
