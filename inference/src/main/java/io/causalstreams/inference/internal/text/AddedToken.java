package io.causalstreams.inference.internal.text;

/**
 * A token that is matched in text before the tokenizer's model runs, as {@code added_tokens} of {@code tokenizer.json} says.
 *
 * @param special a control token: never part of a completion's text
 * @param leftStrip takes the white space in front of it
 * @param rightStrip takes the white space behind it
 * @param singleWord only between non-word characters
 */
record AddedToken(int id, String content, boolean special, boolean leftStrip, boolean rightStrip, boolean singleWord) {}
