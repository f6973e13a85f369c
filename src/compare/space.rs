//! All tests of one embedding space.

use crate::error::Result;
use crate::profile::{Profile, Role, SEALED_ROWS, SpaceConfig, SpaceProfile};

use super::binned::Shares;
use super::classes::{class_distances, class_shares};
use super::clusters::clusters;
use super::context::SpaceContext;
use super::directions::{DIRECTIONS, compare_directions, frechet};
use super::draft::Draft;
use super::finding::{Kind, Scope};
use super::groups::Groups;
use super::mix::mix_or_meaning;
use super::numbers::{Size, compare_numbers};
use super::options::CompareOptions;
use super::repeats::{DesignEffects, IDS_REPEAT, is_of_few_per_id, repeated_records};
use super::result::{Note, SpaceSummary};
use super::sealed::compare_sealed;
use super::self_check::self_check;
use super::shared::{Common, Shared, relabelled};
use super::spread::Spread;
use super::statistic::chosen_for;
use super::tails::compare_tails;
use super::telling::farthest;
use super::view::{Centres, View};

/// What is said about one space.
pub(crate) struct SpaceAnswer {
    pub(crate) drafts: Vec<Draft>,
    pub(crate) summary: SpaceSummary,
    pub(crate) notes: Vec<Note>,
    /// What its rows were measured against; `None` where they were not.
    pub(crate) view: Option<View>,
}

/// How the groups of spaces begin.
pub(crate) const SPACE_GROUP: &str = "space ";

pub(crate) fn group_of(space: &str) -> String {
    format!("{SPACE_GROUP}{space}")
}

/// Whether a group is of a space.
pub(crate) fn of_a_space(group: &str) -> bool {
    group.starts_with(SPACE_GROUP)
}

/// Tests one space that both profiles have.
pub(crate) fn compare_space(
    name: &str,
    reference: &Profile,
    target: &Profile,
    options: &CompareOptions,
) -> Result<SpaceAnswer> {
    let (a, b) = (&reference.spaces()[name], &target.spaces()[name]);
    let configs = (
        &reference.config().spaces[name],
        &target.config().spaces[name],
    );
    let mut answer = SpaceAnswer {
        drafts: Vec::new(),
        summary: summary(name, a, b, configs, reference, target),
        notes: Vec::new(),
        view: None,
    };
    let group = group_of(name);
    let rows = (a.rows(), b.rows());
    if let Some(reason) = not_comparable(a, b, configs) {
        answer.drafts.push(untested(&group, rows, reason));
        return Ok(answer);
    }
    if options.self_check {
        let (check, note) = self_check(name, a, b.rows(), options.alpha, options.seed)?;
        answer.notes.push(note);
        answer.summary.self_check = check;
    }
    // Nothing, where a side is sealed and has no sample.
    let shared = Shared::of(&Common::of(a.sample(), b.sample()));
    // The very same vectors can be told from a changed model: they are tested,
    // and nothing is found.
    let is_identical = rows.0 == rows.1 && a.directions() == b.directions();
    let paired = options
        .paired
        .unwrap_or(shared.is_paired() && !is_identical);
    answer.summary.shared = shared.target;
    answer.summary.paired = paired;
    if paired {
        let reason = "paired: mostly the same records on both sides";
        answer.drafts.push(untested(&group, rows, reason));
        answer.notes.push(paired_note(name, &shared, options));
        return Ok(answer);
    }
    if a.sealed().is_some() || b.sealed().is_some() {
        return compare_sealed(answer, name, reference, target, options);
    }
    let groups = Groups::of(a, b);
    let design = design(name, (a, b), groups.as_ref(), &mut answer.notes);
    answer.summary.frechet = frechet(a, b, design);

    let sources = [reference, target].map(|p| p.class_sources().name());
    let context = SpaceContext {
        group: &group,
        options,
        classed: !(sources.contains(&"none") || a.classes().is_empty() || b.classes().is_empty()),
        class_shares: class_shares_by(reference, target, options),
        design,
        groups: groups.as_ref(),
        own_centres: configs.0.codebook.is_none() || configs.0.role == Role::Reference,
    };
    let spread = Spread {
        context: &context,
        distance: configs.0.distance,
        dim: configs.0.dim,
    };
    let ids_repeat = [a, b].iter().any(|side| is_of_few_per_id(side.sample()));
    test_rows(&mut answer, &spread, (a, b), ids_repeat)?;
    if shared.is_overlap() && options.paired.is_none() {
        answer.drafts.extend(shared_drafts(&context, a, b));
        if sources[0] == sources[1] {
            answer.drafts.extend(relabelled(&context, shared));
        }
        answer.notes.push(shared_note(name, shared));
        return Ok(answer);
    }
    let view = View::new(reference, target, name)?;
    test_centres(&mut answer, &spread, &view, ids_repeat);
    answer.notes.extend(view.note(name));
    answer.view = Some(view);
    Ok(answer)
}

fn untested(group: &str, rows: (u64, u64), reason: impl Into<String>) -> Draft {
    let draft = Draft::new(group, DIRECTIONS, Kind::Embedding, Scope::All);
    draft.counts(rows.0, rows.1).not_tested(reason)
}

/// How much less than their number the records of both sides say, with what is to be said of it.
fn design(
    name: &str,
    (a, b): (&SpaceProfile, &SpaceProfile),
    groups: Option<&Groups>,
    notes: &mut Vec<Note>,
) -> DesignEffects {
    let rows = (a.rows(), b.rows());
    if let Some(groups) = groups {
        let design = groups.design(rows, groups.by_vector());
        notes.push(groups.note(name, rows, design));
        return design;
    }
    let design = DesignEffects::of(a, b);
    notes.extend(design.note(name, rows));
    let records = format!("records of space {name}");
    notes.extend(Groups::one_sided(&records, a.sample(), b.sample()));
    design
}

/// Tests what needs no centres: how often classes come, where rows point, how far they are apart.
fn test_rows(
    answer: &mut SpaceAnswer,
    spread: &Spread<'_>,
    (a, b): (&SpaceProfile, &SpaceProfile),
    ids_repeat: bool,
) -> Result<()> {
    let context = spread.context;
    if context.classed {
        answer.drafts.push(class_shares(context, a, b));
        answer.summary.mix_or_meaning = mix_or_meaning(a, b);
    }
    answer.drafts.extend(norm(context, a, b));
    answer.drafts.extend(repeated_records(context, a, b));
    if ids_repeat {
        let rows = (a.rows(), b.rows());
        answer
            .drafts
            .push(untested(context.group, rows, IDS_REPEAT));
        return Ok(());
    }
    let directions = compare_directions(context, a, b, &mut answer.notes)?;
    answer.drafts.extend(directions);
    answer.drafts.extend(spread.of_space(a, b));
    Ok(())
}

/// Tests what was measured against centres, and names the records that lie farthest from them.
fn test_centres(answer: &mut SpaceAnswer, spread: &Spread<'_>, view: &View, ids_repeat: bool) {
    view.centres.name().clone_into(&mut answer.summary.centres);
    answer.summary.codebook = Some(format!("{:032x}", view.codebook.content_hash()));
    // Samples that were measured now are windows of their own size.
    let sampled = match view.centres {
        Centres::Codebook => None,
        Centres::Sampled => Groups::of(&view.reference, &view.target),
    };
    let context = SpaceContext {
        groups: sampled.as_ref().or(spread.context.groups),
        ..*spread.context
    };
    let sides = (&view.reference, &view.target);
    let context = SpaceContext {
        design: context.design_of(sides, Groups::centre_design),
        ..context
    };
    if context.classed {
        answer.drafts.extend(class_distances(&context, view));
    }
    answer.drafts.extend(clusters(&context, view));
    if !ids_repeat {
        let names = view.codebook.clusters().iter().map(|c| c.name.as_str());
        let pairs = view.reference.clusters().iter().zip(view.target.clusters());
        let groups = names.zip(pairs).map(|(name, (a, b))| (name, a, b));
        let in_clusters = spread.of_groups(groups, |name| Scope::Cluster(name.to_owned()));
        answer.drafts.extend(in_clusters);
    }
    for draft in &mut answer.drafts {
        if draft.finding.feature == DIRECTIONS && draft.finding.p_value.is_some() {
            draft.finding.records.extend(farthest(view));
        }
    }
}

/// Why distances to centres are left out.
fn shared_note(name: &str, shared: Shared) -> Note {
    Note {
        code: "shared-records".into(),
        text: format!(
            "about {:.1} % of the target's records of space {name} are in the reference too; distances \
             to centres were not tested, because such records helped to make the centres.",
            shared.target * 100.0
        ),
    }
}

/// How the shares of the classes are compared: as was chosen for the feature
/// that serves as class.
pub(crate) fn class_shares_by(
    reference: &Profile,
    target: &Profile,
    options: &CompareOptions,
) -> Shares {
    let predicted = |p: &Profile| p.class_sources().prediction > 0;
    let feature = match predicted(reference) && predicted(target) {
        true => "prediction",
        false => "label",
    };
    let mut statistics = chosen_for(&options.statistics, feature);
    statistics.find_map(Shares::by).unwrap_or(Shares::CHI2)
}

fn summary(
    name: &str,
    a: &SpaceProfile,
    b: &SpaceProfile,
    configs: (&SpaceConfig, &SpaceConfig),
    reference: &Profile,
    target: &Profile,
) -> SpaceSummary {
    let sources = [reference, target].map(|p| p.class_sources().name());
    SpaceSummary {
        name: name.to_owned(),
        dim: configs.0.dim,
        distance: configs.0.distance.to_string(),
        models: (configs.0.model.clone(), configs.1.model.clone()),
        rows: (a.rows(), b.rows()),
        centres: "none".into(),
        codebook: None,
        class_source: if sources[0] == sources[1] {
            sources[0].to_owned()
        } else {
            format!("{} and {}", sources[0], sources[1])
        },
        shared: 0.0,
        paired: false,
        mix_or_meaning: None,
        frechet: None,
        self_check: None,
    }
}

/// What the reader should know of windows that were taken for the same records.
fn paired_note(name: &str, shared: &Shared, options: &CompareOptions) -> Note {
    let why = match options.paired {
        Some(_) => format!("The records of space {name} were said to be the same on both sides."),
        None => format!(
            "{:.0} % of the sampled target records of space {name} are in the reference too, with \
             other vectors.",
            shared.target * 100.0
        ),
    };
    Note {
        code: "paired".into(),
        text: format!(
            "{why} Tests for two windows of different records do not apply to the same records \
             measured twice, so the space was not tested."
        ),
    }
}

/// Why two spaces of one name cannot be compared row against row.
fn not_comparable(
    a: &SpaceProfile,
    b: &SpaceProfile,
    (first, second): (&SpaceConfig, &SpaceConfig),
) -> Option<String> {
    if first.dim != second.dim {
        return Some(format!("dimensions {} and {}", first.dim, second.dim));
    }
    if first.distance != second.distance {
        return Some(format!(
            "distances {} and {}",
            first.distance, second.distance
        ));
    }
    if let (Some(x), Some(y)) = (&first.model, &second.model)
        && x != y
    {
        return Some(format!(
            "different models ({x} and {y}): their spaces have nothing in common"
        ));
    }
    match (&first.mean, &second.mean) {
        (x, y) if x == y => {}
        (Some(_), Some(_)) => return Some("centred on different means".into()),
        _ => return Some("one side is centred on a mean, the other is not".into()),
    }
    let few = |s: &SpaceProfile| s.sealed().is_some() && s.rows() < SEALED_ROWS;
    if few(a) || few(b) {
        return Some(format!("sealed: fewer than {SEALED_ROWS} rows on one side"));
    }
    let side = match (a.rows(), b.rows()) {
        (0, 0) => "both sides have",
        (0, _) => "the reference has",
        (_, 0) => "the target has",
        _ => return None,
    };
    Some(format!("{side} no rows"))
}

/// The norm has a small say in the space's p-value: a change of scale alone is
/// seldom one of meaning, but it must not go unseen.
const NORM_WEIGHT: f64 = 0.1;

pub(crate) fn norm(context: &SpaceContext<'_>, a: &SpaceProfile, b: &SpaceProfile) -> Vec<Draft> {
    let named = context.named("norm", Scope::All);
    let options = context.options;
    let thresholds = &options.thresholds;
    let size = Size::Wasserstein;
    let (first, second) = (a.norm(), b.norm());
    let design = context.design_of((a, b), Groups::careful_design);
    let whole = compare_numbers(
        &named,
        first,
        second,
        size,
        design,
        thresholds,
        options.seed,
    );
    let tails = compare_tails(&named, first, second, design, thresholds);
    [whole.leads_with(NORM_WEIGHT)]
        .into_iter()
        .chain(tails)
        .collect()
}

fn shared_drafts(context: &SpaceContext<'_>, a: &SpaceProfile, b: &SpaceProfile) -> Vec<Draft> {
    ["own-centre distance", "cluster distance", "novel share"]
        .map(|feature| {
            context
                .draft(feature, Scope::All)
                .counts(a.rows(), b.rows())
                .not_tested("shared records")
        })
        .into()
}
