//! Sections of pages.

use super::{HOSTILE, assert_harmless, assert_links_lead_somewhere, window};
use crate::compare::{CompareOptions, Finding, compare, compare_sets};
use crate::ingest::{Batch, Column, Objects};
use crate::profile::{
    FitOptions, Profile, ProfileBuilder, ProfileConfig, ProfileSet, SegmentedBuilder, SpaceConfig,
    profile_reference,
};
use crate::report::distributions;
use crate::report::html::{Pictures, comparison, profile, reading, segments};
use ndarray::Array2;

/// Segments `0` to `most - 1`, of which the values of every fourth lie off by `shift`.
fn by_camera(most: i32, shift: f64) -> ProfileSet {
    let one = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    let mut builder = SegmentedBuilder::new(one, HOSTILE)
        .max_segments(500)
        .unwrap();
    let records = || (0..most).flat_map(|camera| (0..100).map(move |i| (camera, i)));
    let value = |(camera, i): (i32, i32)| {
        f64::from(i * 37 % 101) + if camera % 4 == 0 { shift } else { 0.0 }
    };
    let batch = Batch::new(100 * most as usize)
        .segments(Column::from(
            records()
                .map(|(camera, _)| camera.to_string())
                .collect::<Vec<_>>(),
        ))
        .feature(
            "brightness",
            Column::from(records().map(value).collect::<Vec<_>>()),
        );
    builder.track_batch(&batch).unwrap();
    builder.freeze().unwrap()
}

#[test]
fn segments_that_moved_have_their_distributions_within_bounds() {
    let page = |most: i32| {
        let (reference, target) = (by_camera(most, 0.0), by_camera(most, 80.0));
        let answer = compare_sets(&reference, &target, &CompareOptions::default()).unwrap();
        segments(&answer, &reference, &target)
    };
    let few = page(8);
    assert_harmless(&few);
    assert_eq!(few.matches("<h1").count(), 1);
    let told: Vec<&str> = few.split("<summary><h2>Segment ").skip(1).collect();
    // Those of 0 and 4.
    assert_eq!(told.len(), 2);
    for segment in told {
        assert!(
            segment.contains("median target") && segment.contains("DRIFT:"),
            "{segment}"
        );
    }
    let many = page(440);
    assert!(many.contains("10 more segments moved"));
    assert_eq!(many.matches("<summary><h2>Segment ").count(), 100);
    let charts = many.matches("<figure").count();
    assert!((100..=300).contains(&charts), "{charts}");
    assert!(many.len() < 2_000_000, "{}", many.len());
}

/// Boxes of two classes; those of cars lie about `car`.
fn detections(car: (f64, f64)) -> Profile {
    let mut boxes = Objects::new(&["centre x", "centre y", "relative area"]).unwrap();
    let classes = [boxes.class(HOSTILE), boxes.class("person")];
    for i in 0..600 {
        let noise = |times: f64| 0.2 * ((f64::from(i) * times).fract() - 0.5);
        let at = [car, (0.5, 0.5)][i as usize % 2];
        let values = [at.0 + noise(0.618_034), at.1 + noise(0.754_877), 0.1];
        boxes.push(Some(classes[i as usize % 2]), &values).unwrap();
        boxes.end_record();
    }
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    builder
        .track_batch(&Batch::new(600).objects("box", boxes))
        .unwrap();
    builder.freeze()
}

#[test]
fn maps_show_where_the_objects_of_a_class_went() {
    let (reference, target) = (detections((0.7, 0.7)), detections((0.3, 0.2)));
    let answer = compare(&reference, &target, &CompareOptions::default()).unwrap();
    let page = comparison(&answer, &reference, &target, &Pictures::default());
    assert_harmless(&page);
    let (_, section) = page.split_once("<h2>Where objects lie: box</h2>").unwrap();
    let (section, _) = section.split_once("</section>").unwrap();
    let figures: Vec<&str> = section.split("<figure").skip(1).collect();
    // All, their sizes, the class that moved; not the one that stayed.
    assert_eq!(figures.len(), 3);
    let moved = figures[2];
    assert!(
        moved.contains("class &#60;script&#62;")
            && moved.contains("Centres moved to the upper left.")
    );
    assert!(moved.contains("upper left 0 % → 100 %"), "{moved}");
    assert!(figures[1].contains("strongest: 10 %"));
    // The third panel, from 248 on: gone from the lower right, come to the upper left.
    let starts = |class: &str| -> Vec<(i64, i64)> {
        let before = format!("<path class=\"{class}");
        let paths = moved.split(&before).skip(1);
        let starts = paths.map(|path| {
            let (_, d) = path.split_once(" d=\"M").unwrap();
            let mut numbers = d.split(|c: char| !c.is_ascii_digit());
            let mut next = || numbers.next().unwrap().parse().unwrap();
            (next(), next())
        });
        starts.filter(|start| start.0 >= 248).collect()
    };
    let (gone, come) = (starts("heat reference"), starts("heat target"));
    let middle = (248 + 56, 16 + 56);
    assert!(
        !gone.is_empty() && gone.iter().all(|at| at.0 >= middle.0 && at.1 >= middle.1),
        "{gone:?}"
    );
    assert!(
        !come.is_empty() && come.iter().all(|at| at.0 < middle.0 && at.1 < middle.1),
        "{come:?}"
    );
    let same = compare(&reference, &reference, &CompareOptions::default()).unwrap();
    let page = comparison(&same, &reference, &reference, &Pictures::default());
    assert!(page.contains("No cell differs by more than chance."));
    let sealed = target.seal().unwrap();
    let page = comparison(&answer, &reference, &sealed, &Pictures::default());
    assert!(!page.contains("Where objects lie"));
    assert!(profile(&reference, "x").contains("<h2>Where objects lie: box</h2>"));
}

/// Two classes around two axes, `share` of 100 records of the second.
fn track_places(builder: &mut ProfileBuilder, share: usize, offset: usize) -> crate::Result<()> {
    let is_second = |i: usize| i % 100 < share;
    let rows = Array2::from_shape_fn((400, 4), |(i, j)| {
        let noise = (((i + offset) * (2 * j + 3)) as f32 * 0.618_034).fract();
        f32::from(u8::from(j == usize::from(is_second(i)))) + 0.2 * noise
    });
    let labels: Vec<&str> = (0..400)
        .map(|i| if is_second(i) { "dog" } else { "cat" })
        .collect();
    let ids: Vec<String> = (offset..offset + 400).map(|i| i.to_string()).collect();
    let labels: Vec<String> = labels.into_iter().map(str::to_owned).collect();
    let batch = Batch::new(400).space("x", rows.view());
    builder.track_batch(&batch.labels(Column::from(labels)).ids(Column::from(ids)))
}

#[test]
fn the_cluster_that_grew_stands_first_with_those_who_fill_it() {
    let config = ProfileConfig::new().space("x", SpaceConfig::new(4));
    let fit = FitOptions {
        clusters: 2,
        ..FitOptions::default()
    };
    let reference = profile_reference(config, fit, |b| track_places(b, 20, 0)).unwrap();
    let mut april = ProfileBuilder::new(reference.config().clone().like()).unwrap();
    track_places(&mut april, 60, 400).unwrap();
    let target = april.freeze();
    let answer = compare(&reference, &target, &CompareOptions::default()).unwrap();
    let page = comparison(&answer, &reference, &target, &Pictures::default());
    assert_harmless(&page);
    let (_, clusters) = page
        .split_once("Clusters, the one that grew most first")
        .unwrap();
    let (_, first) = clusters.split_once("<tbody>").unwrap();
    let (first, _) = first.split_once("</tr>").unwrap();
    for cell in ["20 %", "60 %", "+40.0", "dog 100 %"] {
        assert!(first.contains(cell), "{cell} in {first}");
    }
    let (_, table) = page.split_once("Classes by cluster</h3>").unwrap();
    assert!(table.contains("100 % → 100 %"));
}

#[test]
fn only_the_distribution_that_a_finding_is_of_is_drawn() {
    let window = |offset: f64| {
        let values: Vec<f64> = (0..200).map(|i| f64::from(i % 97) + offset).collect();
        let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
        let batch = Batch::new(200).feature("x", Column::from(values));
        builder.track_batch(&batch).unwrap();
        builder.freeze()
    };
    let (reference, target) = (window(0.0), window(30.0));
    let answer = compare(&reference, &target, &CompareOptions::default()).unwrap();
    let sketches =
        |finding: &Finding| distributions::sketches((&reference, &target), finding).is_some();
    for feature in ["x", "x upper 5 % tail"] {
        let found = answer.findings.iter().find(|f| f.feature == feature);
        assert!(sketches(found.unwrap()), "{feature}");
    }
    // Means by record, say: other quantiles under the same name.
    let mut other = answer
        .findings
        .into_iter()
        .find(|f| f.feature == "x")
        .unwrap();
    other.quantiles[2].target += 1.0;
    assert!(!sketches(&other));
}

/// Names of findings are made in many places; this one must know them.
#[test]
fn every_finding_about_a_space_can_be_read() {
    let rows = Array2::from_shape_fn((400, 4), |(i, j)| {
        ((i * (2 * j + 3)) as f32 * 0.618_034).fract() + 0.1
    });
    let labels = Column::from((0..400).map(|i| format!("{}", i % 3)).collect::<Vec<_>>());
    let batch = Batch::new(400).space("x", rows.view()).labels(labels);
    let config = ProfileConfig::new().space("x", SpaceConfig::new(4));
    let fit = FitOptions::default();
    let reference = profile_reference(config, fit, |b| b.track_batch(&batch)).unwrap();
    let mut target = ProfileBuilder::new(reference.config().clone().like()).unwrap();
    target.track_batch(&batch).unwrap();
    let options = CompareOptions {
        paired: Some(false),
        ..CompareOptions::default()
    };
    let answer = compare(&reference, &target.freeze(), &options).unwrap();
    assert!(answer.findings.len() > 20);
    for finding in &answer.findings {
        let reading = reading::reading_of(finding);
        assert!(
            !reading.meaning.is_empty(),
            "{}: {}",
            finding.group,
            finding.feature
        );
        assert!(!reading.causes.is_empty(), "{}", finding.feature);
    }
}

#[test]
fn a_page_of_thousands_of_findings_stays_small() {
    let (reference, target) = (window(0.0, 0.0), window(0.4, 40.0));
    let mut answer = compare(&reference, &target, &CompareOptions::default()).unwrap();
    let findings = std::mem::take(&mut answer.findings);
    answer.findings = findings.iter().cycle().take(3000).cloned().collect();
    let page = comparison(&answer, &reference, &target, &Pictures::default());
    assert_harmless(&page);
    assert_links_lead_somewhere(&page);
    assert_eq!(page.matches("<details class=\"finding").count(), 600);
    assert!(page.matches("<tr data-verdict").count() == 3000);
    let (before, beyond) = page.split_once("id=\"f401\"").unwrap();
    let (beyond, _) = beyond.split_once("</main>").unwrap();
    let (_, told) = before.split_once("One by one").unwrap();
    assert!(told.matches("<figure").count() > 100);
    let (cards, _) = beyond.split_once("id=\"s2\"").unwrap_or((beyond, ""));
    assert_eq!(cards.matches("line reference").count(), 0);
    assert!(page.contains("The 600 most telling findings"));
}

#[test]
fn names_that_run_from_right_to_left_leave_numbers_in_order() {
    let window = |offset: f64| {
        let values: Vec<f64> = (0..300).map(|i| f64::from(i % 97) + offset).collect();
        let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
        let batch = Batch::new(300).feature("בהירות", Column::from(values));
        builder.track_batch(&batch).unwrap();
        builder.freeze()
    };
    let (reference, target) = (window(0.0), window(60.0));
    let answer = compare(&reference, &target, &CompareOptions::default()).unwrap();
    let page = comparison(&answer, &reference, &target, &Pictures::default());
    assert_harmless(&page);
    let (_, moved) = page.split_once("<bdi>בהירות</bdi>").unwrap();
    assert!(moved.starts_with(" 46.00 -&#62; 106.0"));
    // In the body nothing of that name stands bare but in pictures and labels for the reader.
    let (_, body) = page.split_once("<body").unwrap();
    for (at, _) in body.match_indices("בהירות") {
        let before = &body[..at];
        let is_named = before.ends_with("<bdi>");
        let tag = before.rsplit_once('<').unwrap().1;
        let in_svg = ["title>", "desc>", "text "]
            .iter()
            .any(|name| tag.starts_with(name));
        assert!(is_named || in_svg || tag.contains("aria-label"), "{tag}");
    }
}
