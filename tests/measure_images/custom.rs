//! Measures of the user's own.

use driftsphere::ingest::image::{Pixels, Samples};
use driftsphere::measure::Value;
use driftsphere::measure::image::{
    Answer, Chain, CustomMeasure, Filter, Measures, Question, Step, analyse,
};
use driftsphere::{Error, ErrorKind};

use crate::support::upright;

fn number(answer: Answer) -> f64 {
    match answer {
        Answer::Value(value) => value.number().unwrap(),
        Answer::Vector(vector) => panic!("a vector of {}", vector.len()),
    }
}

const TOML: &str = r#"
[measure.corner_noise]
steps = [{ crop = { width = 64, height = 48, left = 0, top = 0 } }]
ask = "pixels.noise"

[measure.bright_share]
steps = [{ resize = { width = 64, height = 64, filter = "box" } }, "grey"]
ask = { share_above = 0.5 }

[measure.network]
steps = [
    { resize_shorter = { side = 96, filter = "bicubic" } },
    { crop = { width = 80, height = 80 } },
    { normalise = { mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225] } },
]
ask = "std"

[measure.upper]
ask = { quantile = 0.9 }
"#;

#[test]
fn a_text_says_the_same_as_code() {
    let box_filter = Filter::Box;
    let code = [
        (
            "bright_share",
            Chain::new(Question::ShareAbove(0.5))
                .step(Step::Resize {
                    width: 64,
                    height: 64,
                    filter: box_filter,
                })
                .step(Step::Grey),
        ),
        (
            "corner_noise",
            Chain::new(Question::Pixels("noise".to_owned())).step(Step::Crop {
                width: 64,
                height: 48,
                left: Some(0),
                top: Some(0),
            }),
        ),
        (
            "network",
            Chain::new(Question::Std)
                .step(Step::ResizeShorter {
                    side: 96,
                    filter: Filter::Bicubic,
                })
                .step(Step::Crop {
                    width: 80,
                    height: 80,
                    left: None,
                    top: None,
                })
                .normalise(&[0.485, 0.456, 0.406], &[0.229, 0.224, 0.225]),
        ),
        ("upper", Chain::new(Question::Quantile(0.9))),
    ];
    let text = CustomMeasure::parse(TOML).unwrap();
    assert_eq!(text.len(), code.len());
    let pixels = upright("torchvision__astronaut.jpg");
    for (measure, (name, chain)) in text.iter().zip(code) {
        let own = CustomMeasure::chain(name, chain).unwrap();
        assert_eq!(measure.name(), own.name());
        assert_eq!(measure.description(), own.description());
        assert_eq!(
            measure.measure(&pixels).unwrap(),
            own.measure(&pixels).unwrap()
        );
    }
}

#[test]
fn questions_answer_as_a_plain_loop_does() {
    let pixels = upright("made__rgb16.png");
    let Samples::U16(values) = pixels.samples() else {
        panic!("16 bits");
    };
    let mut shares: Vec<f64> = values.iter().map(|&v| f64::from(v) / 65_535.0).collect();
    let n = shares.len() as f64;
    let mean = shares.iter().sum::<f64>() / n;
    let std = (shares.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
    let above = shares.iter().filter(|&&v| v > 0.25).count() as f64 / n;
    shares.sort_unstable_by(f64::total_cmp);
    let third = shares[(0.3 * n).ceil() as usize - 1];
    for (question, expected) in [
        (Question::Mean, mean),
        (Question::Std, std),
        (Question::ShareAbove(0.25), above),
        (Question::Quantile(0.3), third),
        (Question::Quantile(0.0), shares[0]),
        (Question::Quantile(1.0), shares[shares.len() - 1]),
    ] {
        let measure = CustomMeasure::chain("m", Chain::new(question.clone())).unwrap();
        let got = number(measure.measure(&pixels).unwrap());
        assert!(
            (got - expected).abs() < 1e-12,
            "{question:?}: {got} {expected}"
        );
    }
    let noise = Chain::new(Question::Pixels("pixels.noise".to_owned()));
    let noise = CustomMeasure::chain("noise", noise).unwrap();
    let expected = analyse(&pixels, None).unwrap().measures.noise.unwrap();
    assert_eq!(number(noise.measure(&pixels).unwrap()), expected);
}

#[test]
fn a_measure_that_fails_costs_its_value_and_is_named() {
    let picky = |pixels: &Pixels| -> driftsphere::Result<f64> {
        if pixels.width() < 200 {
            let error = Error::new(ErrorKind::Input, "too narrow");
            return Err(error.at("width", pixels.width()));
        }
        Ok(1.0)
    };
    let vector = |pixels: &Pixels| Ok(vec![pixels.width() as f32, 1.0]);
    let chain = CustomMeasure::parse(
        "[measure.middle]\nsteps = [{ crop = { width = 150, height = 150 } }]\nask = 'mean'",
    );
    let measures = Measures::new()
        .custom(CustomMeasure::new("picky", "1", picky).unwrap())
        .unwrap()
        .custom(CustomMeasure::new("model", "1", vector).unwrap())
        .unwrap()
        .custom(chain.unwrap().remove(0))
        .unwrap();
    let wide = measures.pixels(&upright("made__rgba.png")).unwrap();
    assert_eq!(wide.vectors, [("model".to_owned(), vec![240.0, 1.0])]);
    assert!(wide.failures.is_empty(), "{:?}", wide.failures);
    let last = |values: &driftsphere::measure::Values| values[values.len() - 1].clone();
    assert_eq!(
        last(&wide.values),
        ("custom.picky".into(), Value::Float(1.0))
    );

    let narrow = measures
        .pixels(&upright("jhead__powershot_g2.jpg"))
        .unwrap();
    // The reason without the place: few texts for many pictures.
    let expected = [
        "middle: a crop does not fit the picture",
        "picky: too narrow",
    ];
    assert_eq!(narrow.failures, expected);
    assert!(
        !narrow
            .values
            .iter()
            .any(|(name, _)| name.starts_with("custom."))
    );
}

#[test]
fn wrong_texts_are_refused_with_their_line() {
    for (text, parts) in [
        (
            "[measure.a]\nsteps = []",
            &["missing field `ask`", "line 1"][..],
        ),
        (
            "[measure.a]\nask = \"nois\"",
            &["no measure is called nois", "brightness", "line 2"],
        ),
        (
            "[measure.a]\nask = \"mean\"\nstep = []",
            &["unknown field `step`", "line 3"],
        ),
        (
            "[measure.a]\nask = { quantile = 2 }",
            &["rank of a quantile is 2", "line 2"],
        ),
        (
            "[measure.a]\n\nask = \"mean\"\nsteps = [\"gray\"]",
            &["line 4"],
        ),
        (
            "[measure.a]\nask = \"mean\"\nsteps = [{ crop = { width = 0, height = 1 } }]",
            &["crop 0 x 1", "line"],
        ),
        (
            "[measure.a]\nask = \"noise\"\nsteps = [{ normalise = { mean = 0.5, std = 0.2 } }]",
            &["before samples are normalised"],
        ),
        (
            "[measure.a]\nask = \"mean\"\nsteps = [{ normalise = { mean = 0.5, std = 0 } }]",
            &["deviations over 0"],
        ),
        (
            "[measure.a]\nask = \"mean\"\nsteps = [{ normalise = { mean = 0.5, std = 0.2 } },\n\"grey\"]",
            &["normalise is the last step", "line 4"],
        ),
        (
            "[measure.\"a b\"]\nask = \"mean\"",
            &["is no name of a measure"],
        ),
        ("[measure", &["line 1"]),
        (
            "[measures.a]\nask = \"mean\"",
            &["unknown field `measures`", "line 1"],
        ),
    ] {
        let error = CustomMeasure::parse(text).unwrap_err().to_string();
        for part in parts {
            assert!(error.contains(part), "{text}: {error}");
        }
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn the_description_tells_measures_apart() {
    let of = |measures: Measures| measures.description();
    let plain = of(Measures::new());
    assert_eq!(plain, of(Measures::new()));
    let others = [
        of(Measures::new().only(&["pixels.*"])),
        of(Measures::new().sample_pixels(65_536).unwrap()),
        of(Measures::new().model_input(224, 224).unwrap()),
        of(Measures::new().exif_allow(&["light_source"]).unwrap()),
        of(Measures::new().exif_deny(&["iso"]).unwrap()),
        of(Measures::new()
            .custom(CustomMeasure::parse(TOML).unwrap().remove(0))
            .unwrap()),
    ];
    for (i, one) in others.iter().enumerate() {
        assert!(*one != plain && !others[i + 1..].contains(one), "{one}");
    }
    let both = |first: usize, second: usize| {
        let measures = CustomMeasure::parse(TOML).unwrap();
        let (first, second) = (measures[first].clone(), measures[second].clone());
        of(Measures::new()
            .custom(first)
            .unwrap()
            .custom(second)
            .unwrap())
    };
    assert_eq!(both(0, 1), both(1, 0));
}
