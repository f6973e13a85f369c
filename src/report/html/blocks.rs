//! The canvas of HTML: sections of blocks, in the order in which they were written.
//!
//! Templates place them; no markup is made here, so that every text passes the
//! templates' escaping.

use super::chart::Chart;
use super::drawn_boxes::Overlay;
use super::findings::FindingList;
use super::map::SpaceMap;
use super::windows::WindowList;
use crate::report::canvas::Canvas;
use crate::report::escape::clip;
use crate::report::page::{Entry, Tone};

/// Characters of a record's id.
const ID: usize = 200;

/// A page being written.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    pub(super) sections: Vec<Section>,
}

/// A heading and what stands under it; the first section of a page has no heading.
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) title: String,
    /// Read on demand.
    pub(super) folded: bool,
    pub(super) blocks: Vec<Block>,
}

/// A piece of a page.
#[derive(Debug)]
pub(super) enum Block {
    Lead {
        lead: String,
        tone: &'static str,
        rest: String,
    },
    /// The heading of a part of a section.
    Heading(String),
    Text(String),
    Aside(String),
    List(Vec<Item>),
    Table(Table),
    Charts(Vec<Chart>),
    Findings(FindingList),
    Map(Box<SpaceMap>),
    Gallery(Vec<Shot>),
    Windows(WindowList),
}

impl Block {
    /// The pictures that it shows.
    pub(super) fn shots(&self) -> Vec<&Shot> {
        match self {
            Self::Gallery(shots) => shots.iter().collect(),
            Self::Findings(list) => list.shots().collect(),
            _ => Vec::new(),
        }
    }
}

/// A small picture of a record.
#[derive(Debug)]
pub(super) struct Shot {
    pub(super) id: String,
    /// Which of the page's pictures it is; `None` where there is none.
    pub(super) picture: Option<usize>,
    pub(super) caption: String,
    pub(super) overlay: Option<Overlay>,
}

/// An item of a list: behind a dot, behind a number, or behind a word.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) word: String,
    pub(super) numbered: bool,
    /// A record's id, to be copied.
    pub(super) id: String,
    pub(super) text: String,
}

/// A table under column names.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) caption: String,
    pub(super) header: Vec<Head>,
    pub(super) rows: Vec<Vec<Cell>>,
    /// Scrolls by itself where there are many rows.
    pub(super) is_tall: bool,
}

/// The name of a column.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) text: String,
    pub(super) class: &'static str,
}

/// A cell of a table.
#[derive(Debug, Default)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) class: String,
    /// The place on the page that it leads to; empty where it leads nowhere.
    pub(super) link: String,
}

impl Table {
    pub(super) fn new(caption: &str, header: &[&str], rows: Vec<Vec<Entry>>) -> Self {
        let right = |i: usize| rows.first().is_some_and(|row| row[i].right);
        let head = |(i, name): (usize, &&str)| match right(i) {
            true => Head::right(name),
            false => Head::left(name),
        };
        let header = header.iter().enumerate().map(head).collect();
        let cells = |row: Vec<Entry>| row.into_iter().map(Cell::new).collect();
        Self {
            caption: caption.to_owned(),
            header,
            rows: rows.into_iter().map(cells).collect(),
            is_tall: false,
        }
    }
}

impl Table {
    /// Whether its last column is a verdict, which stays in sight where the others scroll.
    pub(super) fn is_judged(&self) -> bool {
        self.header
            .last()
            .is_some_and(|head| head.text == "verdict")
    }
}

impl Head {
    pub(super) fn left(text: &str) -> Self {
        let (text, class) = (text.to_owned(), "");
        Self { text, class }
    }

    pub(super) fn right(text: &str) -> Self {
        let (text, class) = (text.to_owned(), "right");
        Self { text, class }
    }
}

impl Cell {
    pub(super) fn new(entry: Entry) -> Self {
        let tone = entry.tone.map_or("", tone_class);
        let side = if entry.right { "right" } else { "" };
        Self {
            class: [side, tone].join(" ").trim().to_owned(),
            text: entry.text,
            link: String::new(),
        }
    }
}

impl Blocks {
    /// The section that is being written.
    pub(super) fn section(&mut self) -> &mut Section {
        if self.sections.is_empty() {
            self.sections.push(Section::default());
        }
        self.sections.last_mut().expect("one was just made")
    }

    fn open(&mut self, title: &str, folded: bool) {
        self.sections.push(Section {
            title: title.to_owned(),
            folded,
            blocks: Vec::new(),
        });
    }

    pub(super) fn push(&mut self, block: Block) {
        self.section().blocks.push(block);
    }

    /// Items that follow each other make one list.
    fn listed(&mut self, item: Item) {
        match self.section().blocks.last_mut() {
            Some(Block::List(items)) => items.push(item),
            _ => self.push(Block::List(vec![item])),
        }
    }
}

impl Canvas for Blocks {
    fn lead(&mut self, lead: &str, tone: Tone, rest: &str) {
        self.push(Block::Lead {
            lead: lead.to_owned(),
            tone: tone_class(tone),
            rest: rest.to_owned(),
        });
    }

    fn heading(&mut self, text: &str) {
        self.open(text, false);
    }

    fn details(&mut self, text: &str) {
        self.open(text, true);
    }

    fn text(&mut self, text: &str) {
        self.push(Block::Text(text.to_owned()));
    }

    fn item(&mut self, mark: &str, text: &str) {
        let mark = mark.trim();
        let numbered = mark.ends_with('.');
        let word = if numbered || mark == "-" { "" } else { mark };
        self.listed(Item {
            word: word.to_owned(),
            numbered,
            id: String::new(),
            text: text.to_owned(),
        });
    }

    fn aside(&mut self, text: &str) {
        self.push(Block::Aside(text.to_owned()));
    }

    fn record(&mut self, id: &str, why: &str) {
        self.listed(Item {
            word: String::new(),
            numbered: false,
            id: clip(id, ID),
            text: why.to_owned(),
        });
    }

    fn table(&mut self, header: &[&str], rows: Vec<Vec<Entry>>) {
        let caption = self.section().title.clone();
        self.push(Block::Table(Table::new(&caption, header, rows)));
    }
}

/// The class of a tone in the style sheet.
pub(super) fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Strong => "strong",
        Tone::Bad => "bad",
        Tone::Doubt => "doubt",
        Tone::Good => "good",
        Tone::Quiet => "quiet",
    }
}
