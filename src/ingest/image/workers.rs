//! Threads that read and measure pictures, and somebody who watches the clock.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::budget::{Budget, Permit};
use super::entries::Entry;
use super::fault::Fault;
use super::limits::ImageLimits;
use super::measured::{Measured, Measuring};
use super::picture::{ImageReader, Picture, Watch};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::quiet::quietly;

/// Memory for pictures in flight, all threads together; a single one may take more.
const BUDGET: u64 = 1 << 30;

/// How often the clock is looked at.
const TICK: Duration = Duration::from_millis(200);

/// A decoder that stops by itself at the deadline has so long to say so.
const GRACE: Duration = Duration::from_secs(1);

/// What became of a picture.
pub(crate) struct Done {
    pub(crate) entry: Entry,
    pub(crate) result: std::result::Result<Answer, Fault>,
}

/// What is left of a picture once it was measured.
pub(crate) struct Answer {
    pub(crate) measured: Measured,
    pub(crate) pixels: std::result::Result<(), Fault>,
    /// When it was taken, and when its file was changed.
    pub(crate) times: (Option<i64>, Option<i64>),
}

/// Reads pictures on several threads; the answers come in the order of the questions.
pub(crate) struct Workers {
    jobs: Option<Sender<(u64, Entry)>>,
    shared: Arc<Shared>,
    answers: Receiver<(u64, Done)>,
    answer: Sender<(u64, Done)>,
    /// One for each thread that works.
    slots: Vec<Arc<Slot>>,
    ready: BTreeMap<u64, Done>,
    asked: u64,
    given: u64,
    abandoned: usize,
}

/// What all threads have.
struct Shared {
    jobs: Mutex<Receiver<(u64, Entry)>>,
    reader: ImageReader,
    measuring: Measuring,
    budget: Arc<Budget>,
}

/// What a thread is at.
#[derive(Default)]
struct Slot(Mutex<State>);

#[derive(Default)]
struct State {
    running: Option<Running>,
    /// Nobody waits for it any more.
    abandoned: bool,
}

struct Running {
    job: u64,
    since: Instant,
    /// Enough to say which picture it was.
    id: String,
    named: bool,
    /// Held until the picture was measured.
    permit: Option<Permit>,
}

impl Slot {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Workers {
    pub(crate) fn start(reader: ImageReader, measuring: Measuring, threads: usize) -> Result<Self> {
        let (jobs, taken) = channel();
        let (answer, answers) = channel();
        let mut workers = Self {
            jobs: Some(jobs),
            shared: Arc::new(Shared {
                jobs: Mutex::new(taken),
                reader,
                measuring,
                budget: Arc::new(Budget::new(BUDGET)),
            }),
            answers,
            answer,
            slots: Vec::new(),
            ready: BTreeMap::new(),
            asked: 0,
            given: 0,
            abandoned: 0,
        };
        for _ in 0..threads.max(1) {
            let slot = workers.spawn()?;
            workers.slots.push(slot);
        }
        Ok(workers)
    }

    fn spawn(&self) -> Result<Arc<Slot>> {
        let slot = Arc::new(Slot::default());
        let (shared, own, answer) = (
            Arc::clone(&self.shared),
            Arc::clone(&slot),
            self.answer.clone(),
        );
        let thread = std::thread::Builder::new().name("pictures".to_owned());
        let thread = thread.spawn(move || shared.work(&own, &answer));
        thread.map_err(|error| {
            Error::new(ErrorKind::Io, "cannot start a thread to read pictures").because(error)
        })?;
        Ok(slot)
    }

    /// Hands a picture over.
    pub(crate) fn ask(&mut self, entry: Entry) {
        if let Some(jobs) = &self.jobs {
            // Someone listens as long as the workers are there.
            let _ = jobs.send((self.asked, entry));
        }
        self.asked += 1;
    }

    /// Pictures that were handed over and not given back.
    pub(crate) fn pending(&self) -> usize {
        (self.asked - self.given) as usize
    }

    /// The answer to the oldest question, waited for.
    pub(crate) fn next(&mut self) -> Result<Option<Done>> {
        if self.pending() == 0 {
            return Ok(None);
        }
        loop {
            if let Some(done) = self.ready.remove(&self.given) {
                self.given += 1;
                return Ok(Some(done));
            }
            match self.answers.recv_timeout(TICK) {
                Ok((job, done)) => {
                    self.ready.insert(job, done);
                }
                Err(RecvTimeoutError::Timeout) => self.look_at_the_clock()?,
                Err(RecvTimeoutError::Disconnected) => {
                    let message = "the threads that read pictures are gone";
                    return Err(Error::new(ErrorKind::Io, message));
                }
            }
        }
    }

    /// Leaves threads to themselves that take too long, and starts others.
    fn look_at_the_clock(&mut self) -> Result<()> {
        let longest = Duration::from_secs(self.shared.reader.max_seconds().into()) + GRACE;
        for at in 0..self.slots.len() {
            let mut state = self.slots[at].state();
            let late = |running: &mut Running| running.since.elapsed() > longest;
            let Some(running) = state.running.take_if(late) else {
                continue;
            };
            state.abandoned = true;
            drop(state);
            // Its memory is not back, but the others must go on.
            drop(running.permit);
            let entry = Entry::gone(running.id, running.named);
            let result = Err(Fault::TookTooLong);
            self.ready.insert(running.job, Done { entry, result });
            self.abandoned += 1;
            if self.abandoned > ImageLimits::MAX_ABANDONED {
                return Err(Error::new(
                    ErrorKind::Limit,
                    format!(
                        "{} pictures took longer than {} seconds and had to be left to themselves; \
                         look at them, or allow more time",
                        self.abandoned,
                        self.shared.reader.max_seconds()
                    ),
                ));
            }
            self.slots[at] = self.spawn()?;
        }
        Ok(())
    }
}

impl Shared {
    fn work(&self, slot: &Slot, answer: &Sender<(u64, Done)>) {
        loop {
            let next = self
                .jobs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .recv();
            let Ok((job, entry)) = next else { return };
            slot.state().running = Some(Running {
                job,
                since: Instant::now(),
                id: entry.id.clone(),
                named: entry.named,
                permit: None,
            });
            let result = quietly(|| self.answer(&entry, slot));
            let result = result.unwrap_or(Err(Fault::Panicked));
            let mut state = slot.state();
            if state.abandoned {
                return;
            }
            state.running = None;
            drop(state);
            if answer.send((job, Done { entry, result })).is_err() {
                return;
            }
        }
    }

    fn answer(&self, entry: &Entry, slot: &Slot) -> std::result::Result<Answer, Fault> {
        // Waiting for memory is not taking long.
        let begun = |permit: Permit| {
            if let Some(running) = &mut slot.state().running {
                running.since = Instant::now();
                running.permit = Some(permit);
            }
        };
        let watch = Watch {
            budget: Some(&self.budget),
            begun: &begun,
        };
        let picture = self.reader.read_file(&entry.path, &watch)?;
        Ok(Answer {
            measured: (self.measuring)(&picture, &entry.id),
            times: times(&picture, entry),
            pixels: picture.pixels.map(|_| ()),
        })
    }
}

fn times(picture: &Picture, entry: &Entry) -> (Option<i64>, Option<i64>) {
    let changed = std::fs::metadata(&entry.path).and_then(|data| data.modified());
    let changed = changed.ok().and_then(|time| {
        let since = time.duration_since(std::time::UNIX_EPOCH).ok()?;
        i64::try_from(since.as_millis()).ok()
    });
    (picture.exif.time(), changed)
}
