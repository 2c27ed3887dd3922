//! Amazon Connect Contact Lens, and Transcribe's call analytics: `Transcript[]`, a sentence each, with its speaker.

use serde_json::Value;

use crate::formats::call::segment::{Segment, Transcript};
use crate::formats::call::shape::{CallShape, find, list, millis, segment, words};

/// How these calls are told and read.
pub const SHAPE: CallShape = CallShape { fits, read };

fn fits(value: &Value) -> bool {
    find(value, "Transcript").and_then(Value::as_array).is_some_and(|said| match said.first() {
        Some(first) => {
            find(first, "Content").is_some()
                && (find(first, "ParticipantId").is_some() || find(first, "ParticipantRole").is_some())
        }
        None => find(value, "Participants").is_some(),
    })
}

fn read(value: &Value) -> Transcript {
    let people = list(value, "Participants");
    let role_of = |id: &str| {
        let person = people.iter().find(|person| words(person, "ParticipantId").as_deref() == Some(id))?;
        words(person, "ParticipantRole")
    };
    let said = |one: &Value| -> Segment {
        let id = words(one, "ParticipantId");
        let role = words(one, "ParticipantRole").or_else(|| role_of(id.as_deref()?));
        Segment {
            speaker: role.or(id),
            emotion: words(one, "Sentiment"),
            ..segment(
                millis(one, "BeginOffsetMillis"),
                millis(one, "EndOffsetMillis"),
                words(one, "Content").unwrap_or_default(),
            )
        }
    };
    let contact = find(value, "CustomerMetadata").and_then(|about| words(about, "ContactId"));
    Transcript {
        name: contact,
        segments: list(value, "Transcript").iter().map(said).collect(),
        ..Transcript::default()
    }
}
