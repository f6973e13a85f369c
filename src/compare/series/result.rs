//! What is answered about a series.

use crate::compare::result::Note;
use crate::compare::stats::{ChangePoint, MannKendall};

/// What a window is to the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Within the reference's time: part of what is trusted.
    History,
    /// Held against the reference.
    Watched,
    /// Too few records to be tested.
    Small,
    /// A window without records.
    Empty,
    /// No window was given for this time.
    Missing,
}

impl Role {
    /// `history`, `watched`, `small`, `empty` or `missing`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::History => "history",
            Self::Watched => "watched",
            Self::Small => "small",
            Self::Empty => "empty",
            Self::Missing => "missing",
        }
    }
}

/// What kind of thing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Shares of labels, or of classes where there are no labels and predictions.
    ClassMix,
    /// Named values of what goes into the model.
    Inputs,
    /// Predictions, scores and other values that the model says.
    Outputs,
    /// How embeddings lie to the centres of their own classes, and their norms.
    Embedding,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::ClassMix, Self::Inputs, Self::Outputs, Self::Embedding];

    /// `class mix`, `inputs`, `outputs` or `embedding`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ClassMix => "class mix",
            Self::Inputs => "inputs",
            Self::Outputs => "outputs",
            Self::Embedding => "embedding",
        }
    }
}

/// The season that windows are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Season {
    /// None was found, or the history is too short to find one.
    None,
    /// Weekdays and weekends differ.
    Weekend,
    /// Every day of the week is its own.
    Weekday,
    /// Every time of the day is its own.
    TimeOfDay,
}

impl Season {
    /// `none`, `weekdays and weekends`, `days of the week` or `times of the day`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Weekend => "weekdays and weekends",
            Self::Weekday => "days of the week",
            Self::TimeOfDay => "times of the day",
        }
    }
}

/// A window, in order of time.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesWindow {
    /// Its name; empty where it is missing.
    pub name: String,
    /// When it begins, in milliseconds since 1970 UTC.
    pub start: Option<i64>,
    /// Records.
    pub records: u64,
    /// What it is to the question.
    pub role: Role,
    /// Its phase of the season.
    pub phase: u64,
    /// Whether it has more than five times the usual number of records.
    pub burst: bool,
    /// Evidence of each family, of watched windows.
    pub families: Vec<FamilyEvidence>,
}

/// What one window says of one family.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FamilyEvidence {
    /// Which.
    pub family: Family,
    /// The p-value over the family's signals.
    pub p_value: f64,
    /// The evidence of this and the windows before
    /// ([`Evidence`](crate::compare::stats::Evidence)).
    pub evidence: f64,
    /// Whether it alarms.
    pub alarm: bool,
}

/// What a signal was in its reference and is in a window.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The value whose share moved most; `None` where the means of numbers are told, those of
    /// each class weighted by the window's rows where classes are held one by one.
    pub value: Option<String>,
    /// The mean, or the share, of what the window is held against.
    pub reference: f64,
    /// That of the window.
    pub window: f64,
}

/// One value of one window.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalPoint {
    /// The window, by its position.
    pub window: usize,
    /// How far it is from its reference, in the signal's unit, without sign.
    pub effect: f64,
    /// The same with the sign of a rise or fall, where there is one.
    pub level: f64,
    /// How often chance alone would give as much; none for history.
    pub p_value: Option<f64>,
    /// What it was and is.
    pub change: Change,
}

/// A feature or a part of a space, over all windows.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// Its name, such as `brightness` or `embedding: own-centre distance`.
    pub name: String,
    /// What kind of thing it is.
    pub family: Family,
    /// The unit of effects: `reference sd` or `share`.
    pub unit: &'static str,
    /// The effect that matters.
    pub threshold: f64,
    /// The windows that have it.
    pub points: Vec<SignalPoint>,
    /// Whether its level rises or falls, over all windows.
    pub trend: Option<MannKendall>,
    /// Where its level changed; positions of windows.
    pub change_points: Vec<ChangePoint>,
}

/// How an episode came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EpisodeKind {
    /// At once.
    Abrupt,
    /// Bit by bit.
    Gradual,
    /// At once or bit by bit: the windows do not tell yet.
    Unclear,
    /// The third one and later of its family.
    Recurring,
}

impl EpisodeKind {
    /// `abrupt`, `gradual`, `abrupt or gradual` or `recurring`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Abrupt => "abrupt",
            Self::Gradual => "gradual",
            Self::Unclear => "abrupt or gradual",
            Self::Recurring => "recurring",
        }
    }
}

/// A time in which a family differs from the reference.
#[derive(Debug, Clone, PartialEq)]
pub struct Episode {
    /// What changed.
    pub family: Family,
    /// What that most likely means, in plain words.
    pub meaning: String,
    /// The window with which it most likely began.
    pub onset: usize,
    /// The window of its alarm.
    pub alarm: usize,
    /// The last window of it; `None` if it goes on.
    pub end: Option<usize>,
    /// How it came.
    pub kind: EpisodeKind,
    /// The signals that moved most, most first.
    pub signals: Vec<String>,
}

/// The answer about a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The rate of false alarms aimed at.
    pub alpha: f64,
    /// Watched windows that it is meant for.
    pub horizon: u64,
    /// Length of a window in milliseconds, where there are two or more.
    pub length: Option<i64>,
    /// The season that windows were held against.
    pub season: Season,
    /// What the history says of a season, in plain words.
    pub season_reason: String,
    /// The windows in order of time.
    pub windows: Vec<SeriesWindow>,
    /// The signals by family and name.
    pub signals: Vec<Signal>,
    /// The episodes in order of their alarms.
    pub episodes: Vec<Episode>,
    /// Doubts and advice.
    pub notes: Vec<Note>,
}
