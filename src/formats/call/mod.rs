//! Calls as recognisers write them down: one file a vendor, and what is true of every call.
//!
//! Called by `formats::read` through the table in `format.rs`. A vendor's file says how its documents are told and what is
//! said in them (`shape`); who is the customer (`cast`), what nobody said (`doubt`) and when it was said (`began`) are
//! settled for all of them in `calls`. Not here: recognising speech. `recogniser` runs the trainer's own program.
//!
//! A call's times count from its beginning: they stand in `Facts::offset`, and a turn has a moment of its own (`at`) only
//! where the name of the file says when the recording began.

pub mod aliyun;
pub mod aws_transcribe;
mod began;
pub(in crate::formats) mod calls;
mod cast;
pub mod contact_lens;
mod cues;
mod doubt;
pub mod funasr;
pub mod huawei;
pub mod iflytek;
pub mod pocketsphinx;
pub mod recogniser;
pub(in crate::formats) mod script;
pub mod segment;
pub mod sensevoice;
pub mod shape;
pub mod spoken;
pub mod srt;
pub mod timed_text;
pub mod vtt;
pub mod whisper;
pub mod whisper_cpp;
pub mod whisperx;

#[cfg(test)]
mod tests;
