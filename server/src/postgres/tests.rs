//! A private cluster from its creation to its recovery, seen through a connection.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::binaries::Binaries;
use super::cluster::spawn;
use super::folder::Folder;
use super::privileges::RunAs;
use super::recovery::PidFile;
use super::sockets::Sockets;
use super::{Durability, PostgresError, PrivateCluster};

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    setting: String,
}

fn start(folder: &Path) -> PrivateCluster {
    PrivateCluster::start(folder, None, Durability::Fleeting).unwrap()
}

fn connect(cluster: &PrivateCluster) -> PgConnection {
    PgConnection::establish(&cluster.url("postgres")).unwrap()
}

fn write_three_rows(cluster: &PrivateCluster) {
    connect(cluster)
        .batch_execute("create table kept (n int); insert into kept values (1), (2), (3);")
        .unwrap();
}

fn rows(cluster: &PrivateCluster) -> i64 {
    diesel::sql_query("select count(*) as count from kept")
        .get_result::<Count>(&mut connect(cluster))
        .unwrap()
        .count
}

fn setting(connection: &mut PgConnection, name: &str) -> String {
    diesel::sql_query("select current_setting($1) as setting")
        .bind::<Text, _>(name)
        .get_result::<Setting>(connection)
        .unwrap()
        .setting
}

fn kill(process: u32) {
    let killed = Command::new("sh").args(["-c", &format!("kill -9 {process}")]).status().unwrap();
    assert!(killed.success());
}

fn runs(process: u32) -> bool {
    Path::new("/proc").join(process.to_string()).exists()
}

#[test]
fn a_cluster_answers_on_its_socket_alone_and_keeps_its_data_when_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = start(folder.path());
    let mut connection = connect(&cluster);
    assert_eq!(setting(&mut connection, "listen_addresses"), "");
    assert_eq!(setting(&mut connection, "server_encoding"), "UTF8");
    assert_eq!(setting(&mut connection, "is_superuser"), "on");
    write_three_rows(&cluster);
    let process = cluster.process_id();
    let sockets = cluster.url("postgres");
    drop(cluster); // while a connection is open
    assert!(!runs(process));
    assert!(PgConnection::establish(&sockets).is_err());

    assert_eq!(rows(&start(folder.path())), 3);
}

#[test]
fn a_durable_cluster_syncs_what_it_commits() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = PrivateCluster::start(folder.path(), None, Durability::Durable).unwrap();
    let mut connection = connect(&cluster);
    for name in ["fsync", "synchronous_commit", "full_page_writes", "data_checksums"] {
        assert_eq!(setting(&mut connection, name), "on", "{name}");
    }
}

#[test]
fn a_killed_server_is_recovered_from() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = start(folder.path());
    write_three_rows(&cluster);
    let _idle = connect(&cluster);
    // So that the rows are in the log's file: this cluster commits without waiting for it.
    connect(&cluster).batch_execute("checkpoint").unwrap();
    kill(cluster.process_id());
    drop(cluster);
    assert!(folder.path().join("data/postmaster.pid").exists());

    assert_eq!(rows(&start(folder.path())), 3);
}

#[test]
fn a_server_that_outlived_its_killed_parent_is_stopped_first() {
    let folder = tempfile::tempdir().unwrap();
    write_three_rows(&start(folder.path()));
    let mut left = server_without_a_parent(folder.path());
    assert!(left.try_wait().unwrap().is_none());

    let cluster = start(folder.path());
    assert!(left.wait().unwrap().success(), "it was shut down, not killed");
    assert_eq!(rows(&cluster), 3);
}

/// What a killed Doorstep leaves: a server and its sockets, and a lock that the system dropped.
fn server_without_a_parent(folder: &Path) -> Child {
    let (folder, run_as) = Folder::open(folder, RunAs::find().unwrap()).unwrap();
    let binaries = Binaries::find(None, None, &run_as).unwrap();
    let sockets = Sockets::create(run_as).unwrap();
    let server = spawn(&folder, &binaries, run_as, &sockets, Durability::Fleeting).unwrap();
    while !PidFile::read(&folder.data()).is_some_and(|file| file.ready) {
        thread::sleep(Duration::from_millis(3));
    }
    std::mem::forget(sockets);
    server
}

#[test]
fn a_pid_file_that_names_a_stranger_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    drop(start(folder.path()));
    let stranger = Command::new("sleep").arg("60").spawn();
    let mut stranger = stranger.unwrap();
    let text = format!("{}\n/elsewhere\n0\n5432\n/tmp\n\n\nready\n", stranger.id());
    fs::write(folder.path().join("data/postmaster.pid"), text).unwrap();

    let cluster = start(folder.path());
    assert!(connect(&cluster).batch_execute("select 1").is_ok());
    assert!(stranger.try_wait().unwrap().is_none(), "the stranger still runs");
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[test]
fn a_cluster_in_use_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = start(folder.path());
    let second = PrivateCluster::start(folder.path(), None, Durability::Fleeting);
    assert!(matches!(second, Err(PostgresError::InUse(_))));
    assert!(connect(&cluster).batch_execute("select 1").is_ok());
}

#[test]
fn a_folder_with_other_files_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.txt"), "mine").unwrap();
    let started = PrivateCluster::start(folder.path(), None, Durability::Fleeting);
    assert!(matches!(started, Err(PostgresError::NotACluster(_))));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_failed_start_carries_the_end_of_the_servers_log() {
    let folder = tempfile::tempdir().unwrap();
    drop(start(folder.path()));
    fs::write(folder.path().join("data/postgresql.conf"), "shared_buffers = 'much'\n").unwrap();
    fs::remove_file(folder.path().join("data/global/pg_control")).unwrap();
    let error = PrivateCluster::start(folder.path(), None, Durability::Fleeting).unwrap_err();
    assert!(matches!(error, PostgresError::NotStarted { .. }), "{error}");
    assert!(error.to_string().contains("much"), "{error}");
}

#[test]
fn data_of_another_version_are_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    drop(start(folder.path()));
    fs::write(folder.path().join("data/PG_VERSION"), "99\n").unwrap();
    let error = PrivateCluster::start(folder.path(), None, Durability::Fleeting).unwrap_err();
    assert!(error.to_string().contains("postgresql-99"), "{error}");
}

#[test]
fn what_a_statement_carries_never_reaches_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = start(folder.path());
    let mut connection = connect(&cluster);
    connection.batch_execute("create table people (name text primary key)").unwrap();
    for statement in [
        "insert into people values ('王小明'); insert into people values ('王小明')",
        "select '王小明'::int",
        "select nothing from \"王小明\"",
    ] {
        assert!(connection.batch_execute(statement).is_err());
    }
    let bound = diesel::sql_query("select ($1)::int").bind::<Text, _>("王小明");
    assert!(bound.execute(&mut connection).is_err());
    drop(cluster);
    let log = fs::read_to_string(folder.path().join("server.log")).unwrap();
    assert!(log.contains("ready to accept connections"), "{log}");
    assert!(!log.contains("王小明"), "{log}");
}

#[test]
fn a_folder_out_of_reach_is_replaced_by_one_that_is_found_again() {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return; // Only root hands over to somebody who may reach less.
    }
    let closed = tempfile::tempdir().unwrap();
    fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let asked = closed.path().join("cluster");
    let cluster = start(&asked);
    let used = cluster.folder().to_owned();
    assert_ne!(used, asked);
    write_three_rows(&cluster);
    drop(cluster);
    let again = start(&asked);
    assert_eq!(again.folder(), used);
    assert_eq!(rows(&again), 3);
    drop(again);
    fs::remove_dir_all(used).unwrap();
}
