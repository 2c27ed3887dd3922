//! The JSON that goes out and comes back.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::dialogue::turn::outside::{Ask, Failure, Why};

/// The most bytes an answer may have.
pub(super) const MOST: usize = 64 * 1024;

/// The most bytes one value of it may have: it is said to a customer.
const VALUE: usize = 4 * 1024;

/// How many letters of what is no JSON are shown.
const SHOWN: usize = 60;

/// Returns a question as it goes out: `{"call": …, "takes": {…}, "gives": […]}`.
pub(super) fn question(ask: &Ask) -> Vec<u8> {
    json!({ "call": ask.call, "takes": ask.takes, "gives": ask.gives }).to_string().into_bytes()
}

/// Reads the values that were asked for out of an answer, an object of texts, numbers and `true` or `false`. What else is
/// in it is left, and so is `null`.
pub(super) fn values(bytes: &[u8], ask: &Ask) -> Result<BTreeMap<String, String>, Failure> {
    if bytes.len() > MOST {
        return Err(Failure::new(Why::TooLong, MOST));
    }
    let Ok(fields) = serde_json::from_slice::<Map<String, Value>>(bytes) else {
        let text = String::from_utf8_lossy(bytes);
        return Err(Failure::new(Why::NotJson, text.trim().chars().take(SHOWN).collect::<String>()));
    };
    let mut values = BTreeMap::new();
    for name in &ask.gives {
        let value = match fields.get(name) {
            None | Some(Value::Null) => continue,
            Some(Value::String(text)) => text.clone(),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
            Some(Value::Array(_) | Value::Object(_)) => return Err(Failure::new(Why::NotValue, name)),
        };
        if value.len() > VALUE {
            return Err(Failure::new(Why::TooLong, VALUE));
        }
        values.insert(name.clone(), value);
    }
    Ok(values)
}
