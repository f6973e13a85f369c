//! The part of the demo about time: sixty days of a model's scores and of the brightness of what it saw.

/// The records of all days.
const DAYS: &str = include_str!("../../examples/data/sixty_days.csv");
/// The first of the days that are not part of what is trusted.
const TRUSTED_UNTIL: &str = "d30";

/// Files by the names that commands use: all days, and the first thirty of them.
pub(super) fn files() -> [(&'static str, String); 2] {
    let trusted = DAYS
        .lines()
        .filter(|line| line.starts_with("id,") || *line < TRUSTED_UNTIL);
    let trusted = trusted.flat_map(|line| [line, "\n"]).collect();
    [
        ("sixty_days.csv", DAYS.to_owned()),
        ("thirty_days.csv", trusted),
    ]
}

/// A sentence, and the commands.
pub(super) fn steps() -> Vec<(&'static str, Vec<String>)> {
    let columns = "--ids id --labels label --time captured_at";
    vec![(
        "Sixty days, one profile each, in the order of time: from day 30 on pictures get worse, on day \
         45 other things are photographed. Weekends differ from weekdays all along.",
        vec![
            format!("profile thirty_days.csv {columns} -o thirty_days.dsp"),
            format!("profile sixty_days.csv {columns} --like thirty_days.dsp --window 1d -o days"),
            "series thirty_days.dsp days --html series.html".to_owned(),
        ],
    )]
}
