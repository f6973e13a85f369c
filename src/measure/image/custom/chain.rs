//! Transforms one after the other, then one question.

use std::fmt;

use super::measure::{Answer, Measure};
use super::step::Step;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::image::{Pixels, Samples};

use super::super::answers::PixelMeasures;
use super::super::pixels::analyse;

/// What a [`Chain`] asks of the picture that its steps have made.
///
/// Samples are shares of their range, 0 to 1, unless they are normalised; alpha does not
/// count.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// The mean of all samples.
    Mean,
    /// Their standard deviation (divisor n).
    Std,
    /// Their quantile of a rank in [0, 1]: the smallest sample that at least this share
    /// of samples does not exceed.
    Quantile(f64),
    /// The share of samples above a level.
    ShareAbove(f64),
    /// A measure of the crate by its name, such as `noise` or `pixels.noise`: see
    /// [`PixelMeasures`]. Not of normalised samples.
    Pixels(String),
}

/// Transforms one after the other, in the manner of torchvision's `Compose`, then one
/// [`Question`].
///
/// ```
/// use driftsphere::ingest::image::{Channels, Pixels, Samples};
/// use driftsphere::measure::image::{Answer, Chain, CustomMeasure, Question, Step};
///
/// // How bright the top half is: is the sky in the picture?
/// let chain = Chain::new(Question::Mean)
///     .step(Step::Resize { width: 8, height: 8, filter: Default::default() })
///     .step(Step::Crop { width: 8, height: 4, left: None, top: Some(0) })
///     .step(Step::Grey);
/// let sky = CustomMeasure::chain("sky", chain)?;
/// let samples = [[255; 128], [0; 128]].concat();
/// let picture = Pixels::new(16, 16, Channels::Grey, Samples::U8(samples))?;
/// let Answer::Value(value) = sky.measure(&picture)? else { panic!() };
/// assert!(value.number().unwrap() > 0.9);
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    steps: Vec<Step>,
    normalise: Option<(Vec<f64>, Vec<f64>)>,
    question: Question,
}

const MOST_STEPS: usize = 32;

impl Chain {
    /// A question put to the picture as it is.
    #[must_use]
    pub fn new(question: Question) -> Self {
        Self {
            steps: Vec::new(),
            normalise: None,
            question,
        }
    }

    /// One more transform, after the ones before.
    #[must_use]
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// At the end of the steps: `(sample - mean) / std`, by channel, of samples in 0 to 1;
    /// one mean and std for all channels, or one for each.
    #[must_use]
    pub fn normalise(mut self, mean: &[f64], std: &[f64]) -> Self {
        self.normalise = Some((mean.to_vec(), std.to_vec()));
        self
    }

    /// Whether the chain can be run at all.
    ///
    /// # Errors
    ///
    /// More than 32 steps, sides out of range, a rank outside [0, 1], a level that is no
    /// number, a measure that is not known or that follows a normalisation, means and
    /// deviations that do not fit.
    pub fn check(&self) -> Result<()> {
        let refused = |message: String| Err(Error::new(ErrorKind::Argument, message));
        if self.steps.len() > MOST_STEPS {
            return refused(format!("a chain has at most {MOST_STEPS} steps"));
        }
        for step in &self.steps {
            step.check()?;
        }
        match &self.question {
            Question::Quantile(rank) if !(0.0..=1.0).contains(rank) => {
                return refused(format!(
                    "the rank of a quantile is {rank}; it lies in 0 to 1"
                ));
            }
            Question::ShareAbove(level) if !level.is_finite() => {
                return refused(format!("a share above {level} says nothing"));
            }
            Question::Pixels(name) if !PixelMeasures::NAMES.contains(&short(name)) => {
                return refused(format!(
                    "no measure is called {name}; there are {}",
                    PixelMeasures::NAMES.join(", ")
                ));
            }
            Question::Pixels(name) if self.normalise.is_some() => {
                return refused(format!("{name} is measured before samples are normalised"));
            }
            _ => {}
        }
        if let Some((mean, std)) = &self.normalise {
            let fits = [1, 3].contains(&mean.len()) && mean.len() == std.len();
            let sound =
                mean.iter().all(|v| v.is_finite()) && std.iter().all(|v| v.is_finite() && *v > 0.0);
            if !fits || !sound {
                return refused(
                    "normalise takes as many means as deviations over 0: one, or three".to_owned(),
                );
            }
        }
        Ok(())
    }

    fn samples(&self, pixels: &Pixels) -> Result<Vec<f64>> {
        let channels = pixels.channels();
        let (count, colours) = (channels.count(), channels.colours());
        let mut out = Vec::with_capacity(pixels.samples().len() / count * colours);
        let mut keep = |i: usize, share: f64| {
            if i % count < colours {
                out.push(share);
            }
        };
        match pixels.samples() {
            Samples::U8(values) => {
                for (i, v) in values.iter().enumerate() {
                    keep(i, f64::from(*v) / 255.0);
                }
            }
            Samples::U16(values) => {
                for (i, v) in values.iter().enumerate() {
                    keep(i, f64::from(*v) / 65_535.0);
                }
            }
            Samples::F32 { values, low, high } => {
                let (low, span) = (f64::from(*low), f64::from(*high) - f64::from(*low));
                for (i, v) in values.iter().enumerate() {
                    keep(i, (f64::from(*v) - low) / span);
                }
            }
        }
        if let Some((mean, std)) = &self.normalise {
            if mean.len() > 1 && mean.len() != colours {
                return Err(Error::new(
                    ErrorKind::Input,
                    "three means for a picture of one channel",
                ));
            }
            for (i, sample) in out.iter_mut().enumerate() {
                let channel = i % mean.len();
                *sample = (*sample - mean[channel]) / std[channel];
            }
        }
        Ok(out)
    }

    fn answer(&self, pixels: &Pixels) -> Result<Answer> {
        if let Question::Pixels(name) = &self.question {
            return Ok(Answer::Value(
                analyse(pixels, None)?.measures.get(short(name)),
            ));
        }
        let mut samples = self.samples(pixels)?;
        let n = samples.len() as f64;
        let mean = |samples: &[f64]| samples.iter().sum::<f64>() / n;
        Ok(Answer::from(match &self.question {
            Question::Std => {
                let centre = mean(&samples);
                let squares = samples.iter().map(|v| (v - centre) * (v - centre));
                (squares.sum::<f64>() / n).sqrt()
            }
            Question::Quantile(rank) => {
                let place = ((rank * n).ceil() as usize).clamp(1, samples.len()) - 1;
                *samples.select_nth_unstable_by(place, f64::total_cmp).1
            }
            Question::ShareAbove(level) => samples.iter().filter(|v| *v > level).count() as f64 / n,
            Question::Mean | Question::Pixels(_) => mean(&samples),
        }))
    }
}

fn short(name: &str) -> &str {
    name.strip_prefix("pixels.").unwrap_or(name)
}

impl Measure for Chain {
    fn measure(&self, pixels: &Pixels) -> Result<Answer> {
        let mut steps = self.steps.iter();
        let Some(first) = steps.next() else {
            return self.answer(pixels);
        };
        let mut made = first.apply(pixels)?;
        for step in steps {
            made = step.apply(&made)?;
        }
        self.answer(&made)
    }
}

/// Its description: the same for the same chain, however it came about.
impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            write!(f, "{step}, ")?;
        }
        if let Some((mean, std)) = &self.normalise {
            write!(f, "normalise {mean:?} {std:?}, ")?;
        }
        match &self.question {
            Question::Mean => f.write_str("mean"),
            Question::Std => f.write_str("std"),
            Question::Quantile(rank) => write!(f, "quantile {rank:?}"),
            Question::ShareAbove(level) => write!(f, "share above {level:?}"),
            Question::Pixels(name) => write!(f, "pixels.{}", short(name)),
        }
    }
}
