-- Emoji are no longer read by an encoder: what it made of texts with one is made again.
DELETE FROM vector WHERE utterance IN (SELECT id FROM utterance WHERE instr(text, '<emo:') > 0);
