//! The kinds of files that are read, in one table. A new one is a file, its `pub mod` and a line here.

use crate::formats::call::shape::{CallShape, ScriptShape};
use crate::formats::call::{
    aliyun, aws_transcribe, contact_lens, funasr, huawei, iflytek, pocketsphinx, sensevoice, spoken, srt, timed_text,
    vtt, whisper, whisper_cpp, whisperx,
};
use crate::formats::chat::shape::Shape;
use crate::formats::chat::{
    dialogflow as dialogflow_log, intercom, livechat, openai, rasa_tracker, sharegpt, wechat_mp, wecom, zendesk,
};
use crate::formats::corpus::labelled::Labelled;
use crate::formats::corpus::{
    argilla, azure, botpress, dialogflow, doccano, humanfirst, label_studio, prodigy, spacy, watson,
};

/// Which reader a format has.
#[derive(Clone, Copy)]
pub(super) enum Reader {
    /// Rows of fields.
    Table,
    /// A sheet of a workbook.
    Book,
    /// A text a line.
    Lines,
    /// A chat in plain text.
    Chat,
    /// Records of named fields, or of any vendor below.
    Objects,
    /// Rasa's YAML of examples.
    RasaNlu,
    /// A labelled set of another program that must be seen whole.
    Labelled(&'static Labelled),
    /// Texts behind their labels, one a line.
    FastText,
    /// One mail, or many in an mbox.
    Mail,
    /// Records of one vendor.
    Records(&'static Shape),
    /// Calls of one recogniser.
    Call(&'static CallShape),
    /// A call in plain text.
    Script(&'static ScriptShape),
    /// What the trainer's recogniser hears in it.
    Recording,
}

macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident = $word:literal by $reader:expr),* $(,)?) => {
        /// A kind of file that is read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Format { $($(#[$doc])* $name),* }

        impl Format {
            pub const ALL: &'static [Format] = &[$(Format::$name),*];

            /// Returns the word used on the command line and kept with a batch.
            pub fn name(self) -> &'static str {
                match self { $(Format::$name => $word),* }
            }

            pub(super) fn reader(self) -> Reader {
                match self { $(Format::$name => $reader),* }
            }
        }
    };
}

formats! {
    /// Rows of fields between commas, semicolons or bars.
    Csv = "csv" by Reader::Table,
    /// Rows of fields between tabs.
    Tsv = "tsv" by Reader::Table,
    /// A sheet of an Excel workbook.
    Xlsx = "xlsx" by Reader::Book,
    /// One text a line.
    Lines = "lines" by Reader::Lines,
    /// A chat written down: QQ, 千牛, `客户: …`.
    Chat = "chat" by Reader::Chat,
    /// A JSON record a line.
    Jsonl = "jsonl" by Reader::Objects,
    /// A JSON list of records.
    Json = "json" by Reader::Objects,
    OpenAi = "openai" by Reader::Records(&openai::SHAPE),
    ShareGpt = "sharegpt" by Reader::Records(&sharegpt::SHAPE),
    Zendesk = "zendesk" by Reader::Records(&zendesk::SHAPE),
    Intercom = "intercom" by Reader::Records(&intercom::SHAPE),
    LiveChat = "livechat" by Reader::Records(&livechat::SHAPE),
    /// 微信客服.
    Wecom = "wecom" by Reader::Records(&wecom::SHAPE),
    /// 公众号.
    WechatMp = "wechat-mp" by Reader::Records(&wechat_mp::SHAPE),
    RasaTracker = "rasa-tracker" by Reader::Records(&rasa_tracker::SHAPE),
    Dialogflow = "dialogflow" by Reader::Records(&dialogflow_log::SHAPE),
    Prodigy = "prodigy" by Reader::Records(&prodigy::SHAPE),
    LabelStudio = "label-studio" by Reader::Records(&label_studio::SHAPE),
    Argilla = "argilla" by Reader::Records(&argilla::SHAPE),
    Spacy = "spacy" by Reader::Records(&spacy::SHAPE),
    Doccano = "doccano" by Reader::Records(&doccano::SHAPE),
    Luis = "luis" by Reader::Labelled(&azure::LUIS),
    Clu = "clu" by Reader::Labelled(&azure::CLU),
    Watson = "watson" by Reader::Labelled(&watson::FORMAT),
    Botpress = "botpress" by Reader::Labelled(&botpress::FORMAT),
    DialogflowCx = "dialogflow-cx" by Reader::Labelled(&dialogflow::CX),
    DialogflowEs = "dialogflow-es" by Reader::Labelled(&dialogflow::ES),
    HumanFirst = "humanfirst" by Reader::Labelled(&humanfirst::FORMAT),
    FastText = "fasttext" by Reader::FastText,
    /// Rasa's training data.
    RasaNlu = "rasa" by Reader::RasaNlu,
    /// One mail; also a file of a Maildir.
    Eml = "eml" by Reader::Mail,
    /// Mails one after the other.
    Mbox = "mbox" by Reader::Mail,
    Aliyun = "aliyun" by Reader::Call(&aliyun::SHAPE),
    /// 讯飞.
    Iflytek = "iflytek" by Reader::Call(&iflytek::SHAPE),
    Huawei = "huawei" by Reader::Call(&huawei::SHAPE),
    SenseVoice = "sensevoice" by Reader::Call(&sensevoice::SHAPE),
    FunAsr = "funasr" by Reader::Call(&funasr::SHAPE),
    WhisperX = "whisperx" by Reader::Call(&whisperx::SHAPE),
    Whisper = "whisper" by Reader::Call(&whisper::SHAPE),
    WhisperCpp = "whisper-cpp" by Reader::Call(&whisper_cpp::SHAPE),
    AwsTranscribe = "aws-transcribe" by Reader::Call(&aws_transcribe::SHAPE),
    ContactLens = "contact-lens" by Reader::Call(&contact_lens::SHAPE),
    PocketSphinx = "pocketsphinx" by Reader::Call(&pocketsphinx::SHAPE),
    PocketSphinxWords = "pocketsphinx-words" by Reader::Script(&pocketsphinx::TIMED_WORDS),
    Vtt = "vtt" by Reader::Script(&vtt::SHAPE),
    Srt = "srt" by Reader::Script(&srt::SHAPE),
    /// `[00:03] 坐席: …`, LRC.
    TimedText = "timed-text" by Reader::Script(&timed_text::SHAPE),
    /// A turn a line, without times.
    Spoken = "spoken" by Reader::Script(&spoken::SHAPE),
    /// Sound, heard by the trainer's own recogniser.
    Recording = "recording" by Reader::Recording,
}

impl Format {
    /// Returns the format with that word.
    pub fn named(word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase();
        Self::ALL.iter().copied().find(|format| format.name() == word)
    }

    /// Goes through the shapes of calls in plain text.
    pub(super) fn scripts() -> impl Iterator<Item = (Format, &'static ScriptShape)> {
        Self::ALL.iter().filter_map(|format| match format.reader() {
            Reader::Script(shape) => Some((*format, shape)),
            _ => None,
        })
    }

    /// Goes through the shapes of calls in JSON.
    pub(super) fn calls() -> impl Iterator<Item = (Format, &'static CallShape)> {
        Self::ALL.iter().filter_map(|format| match format.reader() {
            Reader::Call(shape) => Some((*format, shape)),
            _ => None,
        })
    }

    /// Goes through the labelled sets that must be seen whole.
    pub(super) fn labelled() -> impl Iterator<Item = (Format, &'static Labelled)> {
        Self::ALL.iter().filter_map(|format| match format.reader() {
            Reader::Labelled(set) => Some((*format, set)),
            _ => None,
        })
    }

    /// Goes through the vendors' record shapes.
    pub(super) fn shapes() -> impl Iterator<Item = (Format, &'static Shape)> {
        Self::ALL.iter().filter_map(|format| match format.reader() {
            Reader::Records(shape) => Some((*format, shape)),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_comes_back_by_its_word() {
        for format in Format::ALL {
            assert_eq!(Format::named(format.name()), Some(*format));
        }
        assert_eq!(Format::named("punched cards"), None);
    }
}
