//! The limits of Block Kit, as Slack documents them, and the one of a whole message that it does not.

use serde_json::Value;
use std::collections::BTreeSet;

/// The most blocks of a message.
pub(super) const MESSAGE_BLOCKS: usize = 50;
/// The most blocks of a modal.
const VIEW_BLOCKS: usize = 100;
/// Above this, messages have been refused as a whole.
const MESSAGE_CHARS: usize = 13_200;

/// What is wrong with these blocks; `None` when Slack would take them.
#[must_use]
pub fn breach(blocks: &Value, most: usize) -> Option<String> {
    let blocks = blocks.as_array()?;
    if blocks.len() > most {
        return Some(format!("{} blocks", blocks.len()));
    }
    let chars: usize = blocks
        .iter()
        .map(|block| block.to_string().chars().count())
        .sum();
    if most == MESSAGE_BLOCKS && chars > MESSAGE_CHARS {
        return Some(format!("{chars} characters"));
    }
    let ids: Vec<&str> = blocks
        .iter()
        .filter_map(|block| block["block_id"].as_str())
        .collect();
    if ids.iter().collect::<BTreeSet<_>>().len() != ids.len() {
        return Some("a block id twice".to_owned());
    }
    blocks
        .iter()
        .find_map(|block| block_breach(block).map(|why| format!("{why} in {block}")))
}

/// What is wrong with this modal.
pub(super) fn view_breach(view: &Value) -> Option<String> {
    let checks = [
        (view["type"] != "modal").then(|| "no modal".to_owned()),
        words(&view["title"], 24),
        words(&view["close"], 24),
        view.get("submit").and_then(|submit| words(submit, 24)),
        longer(&view["private_metadata"], 3_000),
        longer(&view["callback_id"], 255),
        breach(&view["blocks"], VIEW_BLOCKS),
    ];
    checks.into_iter().flatten().next()
}

fn block_breach(block: &Value) -> Option<String> {
    let own = match block["type"].as_str()? {
        "divider" => None,
        "header" => words(&block["text"], 150),
        "context" => all(&block["elements"], 10, |text| words(text, 3_000)),
        "actions" => all(&block["elements"], 25, button),
        "rich_text" => all(&block["elements"], 50, |part| {
            all(&part["elements"], 200, span)
        }),
        "input" => words(&block["label"], 2_000).or_else(|| field(&block["element"])),
        other => Some(format!("an unknown block `{other}`")),
    };
    own.or_else(|| longer(&block["block_id"], 255))
}

fn all(list: &Value, most: usize, check: impl Fn(&Value) -> Option<String>) -> Option<String> {
    let Some(list) = list
        .as_array()
        .filter(|list| (1..=most).contains(&list.len()))
    else {
        return Some(format!("not 1 to {most} elements"));
    };
    list.iter().find_map(check)
}

fn words(text: &Value, most: usize) -> Option<String> {
    let count = text["text"].as_str().map_or(0, |text| text.chars().count());
    let plain = text["type"] == "plain_text" && text["emoji"] == false;
    let fine = plain && (1..=most).contains(&count);
    (!fine).then(|| format!("not 1 to {most} plain characters: {text}"))
}

fn longer(text: &Value, most: usize) -> Option<String> {
    let count = text.as_str().map_or(0, |text| text.chars().count());
    (count > most).then(|| format!("more than {most} characters: {text}"))
}

fn button(button: &Value) -> Option<String> {
    let confirm = button.get("confirm").and_then(|confirm| {
        let checks = [
            words(&confirm["title"], 100),
            words(&confirm["text"], 300),
            words(&confirm["confirm"], 30),
            words(&confirm["deny"], 30),
        ];
        checks.into_iter().flatten().next()
    });
    let checks = [
        (button["type"] != "button").then(|| "no button".to_owned()),
        words(&button["text"], 75),
        longer(&button["action_id"], 255),
        longer(&button["value"], 2_000),
        longer(&button["url"], 3_000),
        confirm,
    ];
    checks.into_iter().flatten().next()
}

fn field(field: &Value) -> Option<String> {
    let most = field["max_length"].as_u64().unwrap_or(3_000);
    let fine = field["type"] == "plain_text_input" && (1..=3_000).contains(&most);
    (!fine).then(|| format!("no text field: {field}"))
}

fn span(span: &Value) -> Option<String> {
    let count = |name: &str| span[name].as_str().map_or(0, |text| text.chars().count());
    let fine = match span["type"].as_str() {
        Some("text") => (1..=3_000).contains(&count("text")),
        Some("link") => (1..=3_000).contains(&count("url")),
        Some("date") => span["timestamp"].is_i64() && count("format") > 0,
        _ => false,
    };
    (!fine).then(|| format!("no piece of rich text: {span}"))
}
