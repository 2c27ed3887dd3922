//! Chats: vendors' records, one file each, and chats written as plain text.
//!
//! Called by `formats::read` through the table in `format.rs`. Not here: JSON itself (`json`), roles (`speaker`), times (`time`).

pub mod dialogflow;
mod heading;
pub mod intercom;
pub mod livechat;
pub mod openai;
pub mod rasa_tracker;
pub mod shape;
pub mod sharegpt;
pub mod survey;
pub mod text;
pub mod wechat_mp;
pub mod wecom;
pub mod zendesk;
