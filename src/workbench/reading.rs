//! A file read and cleaned in a thread of its own, beside the writing of what came before it.
//!
//! Called by `import`. Reading, cleaning and writing take about as long as each other; one after the other they would
//! leave all cores but one idle. A few portions at most wait to be written, so memory does not grow with the file but for
//! what tells its rows apart.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};

use nohash_hasher::IntMap;
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::conversation::{Channel, Message, Role};
use crate::domain::label::Mark;
use crate::formats;
use crate::formats::options::ReadOptions;
use crate::formats::read::ReadSummary;
use crate::formats::record::{Knowledge, Record, RejectReason, Rejected, Stop};
use crate::progress::Progress;
use crate::store::cleaning::CleanTurn;
use crate::store::conversations::NewTurn;
use crate::text::clean::cleaner::Cleaner;
use crate::text::clean::offsets::Offsets;
use crate::text::fragments::{Piece, Traits};
use crate::workbench::current::settle;
use crate::workbench::error::Result;
use crate::workbench::sentences::{Seam, Seams, join, traits};

/// Rows a portion holds, so rows a transaction takes; a trainer who labels beside the import never waits for more.
const PORTION: usize = 4_000;
/// Portions that may wait to be written; some, so that a slow one on either side does not hold up the other.
const PORTIONS: usize = 3;

/// What is known of a file before its rows are.
pub(in crate::workbench) struct Origin {
    /// The name of the file, for lists and the log.
    pub name: String,
    /// Identifies the file's bytes.
    pub digest: i64,
    /// Identifies the rows of a file that names no conversations: the same for a file that only grew.
    pub head: u64,
    /// Whether the very same bytes are in the project already; its messages are then only counted.
    pub known: bool,
}

/// Rows of a file, ready to be kept.
#[derive(Default)]
pub(in crate::workbench) struct Portion {
    pub turns: Vec<NewTurn>,
    /// What goes with each turn and is not kept with it.
    pub notes: Vec<Note>,
    /// What a knowledge sheet says beside its texts.
    pub said: Vec<Knowledge>,
    /// The places of the turns of each sentence that came in pieces.
    pub sentences: Vec<Vec<usize>>,
    /// Conversations whose sentences reach beyond the portion; they are looked at as a whole at the end.
    pub torn: Vec<i64>,
    pub rejected: Vec<Rejected>,
    /// Messages of a file that is known whole.
    pub known: u64,
}

/// What an import counts of a turn, and the label the file gives it.
pub(in crate::workbench) struct Note {
    pub customer: bool,
    pub intent: Option<String>,
    /// The stretches the file marks, where they stand in the cleaned text.
    pub marks: Vec<Mark>,
    /// Whether fields of its record are kept, and whether some were too large for that.
    pub extra: (bool, bool),
}

/// Returns the marks of a raw text as they stand in what cleaning made of it; one whose text was dropped goes.
fn cleaned_marks(marks: Vec<Mark>, clean: &CleanTurn) -> Vec<Mark> {
    if marks.is_empty() || clean.utterance.is_none() {
        return Vec::new();
    }
    let offsets = Offsets::from_bytes(&clean.offsets).unwrap_or_default();
    let moved = marks.into_iter().map(|mark| Mark { range: offsets.to_clean(mark.range), ..mark });
    moved.filter(|mark| !mark.range.is_empty()).collect()
}

/// Reads a file to its end; `keep` gets its rows in their order, on the caller's thread, and may end it all.
pub(in crate::workbench) fn read(
    path: &Path,
    options: &ReadOptions,
    origin: Origin,
    cleaner: &Cleaner,
    progress: &dyn Progress,
    mut keep: impl FnMut(Portion) -> Result<()>,
) -> Result<ReadSummary> {
    // Writing has a core of its own: it takes longest, and waits when cleaning crowds it out.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(cores.saturating_sub(1).max(1)).build();
    let pool = pool.expect("a thread can be started");
    std::thread::scope(|scope| {
        let (send, portions) = sync_channel(PORTIONS);
        let reader = scope.spawn(move || {
            let mut reading = Reading {
                origin,
                cleaner,
                pool,
                send,
                waiting: Vec::with_capacity(PORTION),
                portion: Portion::default(),
                positions: IntMap::default(),
                doubles: IntMap::default(),
                told: Vec::new(),
                last: None,
                seams: Seams::default(),
                rows: 0,
                ragged: (0, None),
            };
            let summary = formats::read::read(path, options, progress, &mut |record| reading.take(record))?;
            reading.fits(path)?;
            // Nobody listens any more when keeping failed; that failure is the one to tell.
            let _ = reading.hand_over();
            Ok(summary)
        });
        let mut kept = Ok(());
        for portion in portions {
            kept = keep(portion);
            if kept.is_err() {
                break;
            }
        }
        let read = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        kept.and(read)
    })
}

/// A file on its way to the thread that keeps it.
struct Reading<'a> {
    origin: Origin,
    cleaner: &'a Cleaner,
    /// What cleans.
    pool: rayon::ThreadPool,
    send: SyncSender<Portion>,
    waiting: Vec<Message>,
    portion: Portion,
    /// How many turns each conversation has so far.
    positions: IntMap<i64, u32>,
    /// How often each message came so far.
    doubles: IntMap<u64, u32>,
    /// The bytes that tell the message at hand, kept for the next.
    told: Vec<u8>,
    /// The conversation of the message before; the next is mostly of the same.
    last: Option<Named>,
    seams: Seams,
    rows: u64,
    /// How many rows have a wrong number of columns, and of the first its line, the number expected and found.
    ragged: (u64, Option<(u64, usize, usize)>),
}

impl Reading<'_> {
    fn take(&mut self, record: Record) -> std::result::Result<(), Stop> {
        self.rows += 1;
        match record {
            Record::Rejected(row) => {
                if let RejectReason::Ragged { expected, found } = row.reason {
                    self.ragged.0 += 1;
                    self.ragged.1.get_or_insert((row.line, expected, found));
                }
                self.portion.rejected.push(row);
            }
            Record::Knowledge(_) if self.origin.known => {}
            Record::Knowledge(said) => self.portion.said.push(said),
            Record::Message(_) if self.origin.known => self.portion.known += 1,
            Record::Message(message) => self.waiting.push(message),
        }
        if self.waiting.len() >= PORTION || self.portion.rejected.len() >= PORTION { self.hand_over() } else { Ok(()) }
    }

    /// Refuses a table most of whose rows have another number of columns: it was cut at the wrong sign.
    fn fits(&self, path: &Path) -> std::result::Result<(), formats::error::Error> {
        let (rows, (ragged, first)) = (self.rows, self.ragged);
        match first {
            Some((line, expected, found)) if ragged * 2 > rows => {
                let path = path.to_path_buf();
                Err(formats::error::Error::Ragged { path, line, expected, found, ragged, rows })
            }
            _ => Ok(()),
        }
    }

    fn hand_over(&mut self) -> std::result::Result<(), Stop> {
        let (cleaner, waiting) = (self.cleaner, &self.waiting);
        let one = |message: &Message| {
            let labelled = message.intent.is_some();
            let clean = settle(cleaner, &message.text, message.role, message.channel, labelled);
            let whole = labelled || message.conversation.is_none();
            let traits = traits(cleaner, &clean, message.role, message.channel, whole);
            (clean, traits)
        };
        let settled: Vec<(CleanTurn, Option<Traits>)> = self.pool.install(|| waiting.par_iter().map(one).collect());
        let mut portion = std::mem::take(&mut self.portion);
        let mut waiting = std::mem::replace(&mut self.waiting, Vec::with_capacity(PORTION));
        portion.turns.reserve_exact(settled.len());
        portion.notes.reserve_exact(settled.len());
        let mut pieces = Vec::with_capacity(settled.len());
        for (mut message, (clean, traits)) in waiting.drain(..).zip(settled) {
            let customer = message.role == Role::Customer && clean.aside.is_none();
            pieces.push(traits.map(|traits| Piece { role: message.role, at: message.at, traits }));
            let intent = message.intent.take();
            let marks = cleaned_marks(std::mem::take(&mut message.marks), &clean);
            let mut turn = self.identify(message, clean);
            turn.labelled = intent.is_some();
            let extra = turn.extra.as_ref().filter(|_| customer);
            let extra = extra.map_or((false, false), |extra| (extra.fields != "{}", extra.cut));
            portion.notes.push(Note { customer, intent, marks, extra });
            portion.turns.push(turn);
        }
        self.join(&mut portion, &pieces);
        self.send.send(portion).map_err(|_| Stop)
    }

    /// Makes one sentence of each one that came in pieces.
    fn join(&mut self, portion: &mut Portion, pieces: &[Option<Piece>]) {
        let mut heads: IntMap<i64, usize> = IntMap::default();
        let mut sentences: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (place, (turn, piece)) in portion.turns.iter().zip(pieces).enumerate() {
            match self.seams.next(turn.conversation, piece.as_ref(), None, turn.position == 0) {
                Seam::GoesOn => match heads.get(&turn.conversation) {
                    Some(head) => sentences.entry(*head).or_insert_with(|| vec![*head]).push(place),
                    None => portion.torn.push(turn.conversation),
                },
                seam => {
                    if seam == Seam::Unknown {
                        portion.torn.push(turn.conversation);
                    }
                    if piece.is_some() {
                        heads.insert(turn.conversation, place);
                    }
                }
            }
        }
        self.seams.age();
        for places in sentences.into_values() {
            let turns = &mut portion.turns;
            let mut cleans: Vec<CleanTurn> =
                places.iter().map(|place| std::mem::take(&mut turns[*place].clean)).collect();
            let one = join(&mut cleans.iter_mut().collect::<Vec<_>>());
            for (nth, (place, clean)) in places.iter().zip(cleans).enumerate() {
                turns[*place].clean = clean;
                turns[*place].part_of = (one && nth > 0).then_some(places[0]);
            }
            portion.sentences.push(places);
        }
    }

    /// Gives a message the identity that makes a second import of it add nothing.
    fn identify(&mut self, message: Message, clean: CleanTurn) -> NewTurn {
        let conversation = self.conversation(&message);
        let told = &mut self.told;
        told.clear();
        told.extend_from_slice(&conversation.to_le_bytes());
        told.push(message.role as u8);
        told.extend_from_slice(&message.at.unwrap_or(i64::MIN).to_le_bytes());
        told.extend_from_slice(message.text.as_bytes());
        let nth = self.doubles.entry(xxh3_64(told)).or_insert(0);
        told.extend_from_slice(&nth.to_le_bytes());
        *nth += 1;
        let position = self.positions.entry(conversation).or_insert(0);
        *position += 1;
        let alone = message.conversation.is_none();
        NewTurn {
            conversation,
            name: message.conversation.unwrap_or_else(|| self.origin.name.clone()),
            channel: message.channel,
            digest: xxh3_64(told) as i64,
            position: *position - 1,
            role: message.role,
            speaker: message.speaker,
            at: message.at,
            raw: message.text,
            facts: message.facts,
            extra: message.extra.filter(|_| message.role == Role::Customer),
            alone,
            labelled: false,
            clean,
            part_of: None,
        }
    }

    /// Returns the identity of a message's conversation.
    fn conversation(&mut self, message: &Message) -> i64 {
        let Message { conversation: name, numbered, channel, .. } = message;
        if let Some(last) = &self.last
            && (&last.name, last.numbered, last.channel) == (name, *numbered, *channel)
        {
            return last.digest;
        }
        // A call's file does not grow, and recognisers begin all their files with the same kilobyte.
        let head = if *channel == Channel::Call { self.origin.digest as u64 } else { self.origin.head };
        let told = match name {
            Some(name) if *numbered => format!("{}\n{head:x}\n{name}", channel.name()),
            Some(name) => format!("{}\n{name}", channel.name()),
            None => format!("{}\n{head:x}", Channel::List.name()),
        };
        let digest = xxh3_64(told.as_bytes()) as i64;
        self.last = Some(Named { name: name.clone(), numbered: *numbered, channel: *channel, digest });
        digest
    }
}

/// A conversation as its source names it, with the identity that makes of it.
struct Named {
    name: Option<String>,
    numbered: bool,
    channel: Channel,
    digest: i64,
}
