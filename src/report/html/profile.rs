//! What a profile, or a set of them, holds.

use super::blocks::{Block, Blocks};
use super::centres::of_profile;
use super::chart::{self, Chart};
use super::document::Document;
use crate::profile::{Profile, ProfileSet};
use crate::report::canvas::Canvas;
use crate::report::distributions::single;
use crate::report::escape::clip;
use crate::report::number;
use crate::report::parts::NAME;
use crate::report::{profile_page, set_page};
use crate::sketch::Quantiles;

/// Characters of the profile's name in the title.
const TITLE: usize = 60;
/// Distributions that are drawn.
const DRAWN: usize = 200;
/// Width and height of each.
const SIZE: (u32, u32) = (200, 100);

/// What a profile called `name` holds, as one HTML file: the words of
/// [`profile_page`](crate::report::profile_page()), and the distribution of each of its
/// numbers.
#[must_use]
pub fn profile(profile: &Profile, name: &str) -> String {
    let mut page = Blocks::default();
    profile_page::write(&mut page, profile, name, true);
    distributions(&mut page, profile);
    of_profile(&mut page, profile);
    let title = format!("{}: profile", clip(name, TITLE));
    Document::new("profile", title, page.sections).write()
}

fn distributions(page: &mut Blocks, profile: &Profile) {
    let mut all: Vec<(String, &Quantiles)> = Vec::new();
    for (name, space) in profile.spaces() {
        let of_space = [
            ("norm", space.norm()),
            ("distance to the nearest cluster", space.cluster_distance()),
            ("distance to the own class", space.own_distance()),
            ("distance to the class boundary", space.boundary()),
        ];
        let named = |(what, numbers)| (format!("{}: {what}", clip(name, NAME)), numbers);
        all.extend(of_space.map(named));
    }
    let features = profile.features().iter();
    all.extend(features.map(|(name, feature)| (clip(name, NAME), feature.numbers())));
    let charts: Vec<Chart> = (all.into_iter())
        .filter_map(|(name, numbers)| {
            let mut chart = chart::histogram(name, &single(numbers)?, SIZE)?;
            chart.note = number::counted(numbers.count(), "record");
            Some(chart)
        })
        .take(DRAWN)
        .collect();
    if charts.is_empty() {
        return;
    }
    page.heading("Distributions");
    page.push(Block::Charts(charts));
    page.aside(
        "Shares of the records by value, from the 0.5 % to the 99.5 % quantile; shaded: 95 % bands; upright: the \
         median.",
    );
}

/// What a set of profiles called `name` holds, as one HTML file.
#[must_use]
pub fn profile_set(set: &ProfileSet, name: &str) -> String {
    let mut page = Blocks::default();
    set_page::write(&mut page, set, name, true);
    let title = format!("{}: set of profiles", clip(name, TITLE));
    Document::new("profile-set", title, page.sections).write()
}
