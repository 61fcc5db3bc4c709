//! The private directories of sessions.

use crate::house::{House, MINE, OTHER, session, tenant};
use portcullis_firewall::ports::Rooms as _;
use portcullis_runner::{Rooms, rooms::RoomFault};
use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
};
use tempfile::TempDir;

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).expect("a folder").permissions().mode() & 0o777
}

#[tokio::test]
async fn a_room_is_nobody_else_s() {
    let house = House::new().await;
    let room = house.room(MINE);
    assert_eq!(mode(&room), 0o700);
    for folder in ["home", "run", "view"] {
        assert_eq!(mode(&room.join(folder)), 0o700, "{folder}");
    }
    if rustix::process::geteuid().is_root() {
        let owner = |session| fs::metadata(house.room(session)).expect("a room").uid();
        assert_ne!(owner(MINE), 0);
        assert_ne!(owner(MINE), owner(OTHER));
    }
}

#[tokio::test]
async fn opening_again_changes_nothing() {
    let house = House::new().await;
    fs::write(house.home(MINE).join("kept"), "x").expect("a file");
    let opened = house.rooms.open(&tenant(), &session(MINE)).await;
    opened.expect("a room");
    assert!(house.home(MINE).join("kept").exists());
}

#[tokio::test]
async fn clearing_takes_everything_and_follows_no_link() {
    let house = House::new().await;
    let home = house.home(MINE);
    symlink(house.canary(), home.join("link")).expect("a link");
    symlink(house.home(OTHER), home.join("folder")).expect("a link");
    let shut = home.join("shut/in");
    fs::create_dir_all(&shut).expect("a folder");
    fs::write(shut.join("file"), "x").expect("a file");
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o000)).expect("rights");
    for _ in 0..2 {
        let cleared = house.rooms.clear(&tenant(), &session(MINE)).await;
        cleared.expect("no room");
        assert!(!house.room(MINE).exists());
    }
    assert!(house.canary().exists());
}

#[tokio::test]
async fn odd_names_stay_below_the_folder() {
    let house = House::new().await;
    for name in [".", "..", "a:b", "@", "-rf"] {
        let opened = house.rooms.open(&tenant(), &session(name)).await;
        opened.expect("a room");
        assert!(house.room(name).is_dir(), "{name}");
        let cleared = house.rooms.clear(&tenant(), &session(name)).await;
        cleared.expect("no room");
    }
    assert!(house.canary().exists());
}

#[tokio::test]
async fn a_folder_that_others_may_write_to_has_no_rooms() {
    let folder = TempDir::new().expect("a folder");
    let open = fs::Permissions::from_mode(0o777);
    fs::set_permissions(folder.path(), open).expect("rights");
    let found = Rooms::at(&folder.path().join("rooms"));
    assert!(matches!(found, Err(RoomFault::Open(_))), "{found:?}");
}

#[tokio::test]
async fn a_link_in_the_place_of_a_room_is_no_room() {
    let house = House::new().await;
    let elsewhere = TempDir::new().expect("a folder");
    symlink(elsewhere.path(), house.room("linked")).expect("a link");
    let opened = house.rooms.open(&tenant(), &session("linked")).await;
    let why = opened.expect_err("no room");
    assert!(why.ends_with("is no folder"), "{why}");
    assert_eq!(fs::read_dir(elsewhere.path()).expect("a list").count(), 0);
}
