//! A model and a policy: text in, reply out. What another program embeds.
