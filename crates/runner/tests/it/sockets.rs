//! Ways out of the walls by sockets.

use crate::house::{CANARY, House};
use portcullis_firewall::ports::Executor;
use portcullis_runner::{
    Offer,
    plan::{Network, Wall},
};
use serde_json::json;
use std::{
    fs,
    io::Write,
    net::{TcpListener, UdpSocket},
    os::{
        linux::net::SocketAddrExt,
        unix::{
            fs::PermissionsExt,
            net::{SocketAddr, UnixListener},
        },
    },
    thread,
};

/// Says the canary to whoever comes; ends with the test's process.
fn tell_everybody(listener: UnixListener) {
    thread::spawn(move || {
        for stream in listener.incoming().take(16).flatten() {
            let _ = (&stream).write_all(CANARY.as_bytes());
        }
    });
}

fn tcp() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming().take(16).flatten() {
            let _ = (&stream).write_all(CANARY.as_bytes());
        }
    });
    port
}

/// Reads from where it can connect to.
const CONNECT: &str = "import socket, sys\n\
    family, address = sys.argv[1:3]\n\
    try:\n\
    \x20   if family == 'tcp': line = socket.create_connection(('127.0.0.1', int(address)), 5)\n\
    \x20   else:\n\
    \x20       line = socket.socket(socket.AF_UNIX)\n\
    \x20       line.connect(chr(0) + address if family == 'abstract' else address)\n\
    \x20   line.settimeout(5)\n\
    \x20   print(line.recv(100).decode())\n\
    except OSError as error: print(error)\n\
    print('tried')\n";

#[tokio::test]
async fn a_socket_in_another_room_cannot_be_reached() {
    let house = House::new().await;
    let path = house.canary().with_file_name("socket");
    tell_everybody(UnixListener::bind(&path).expect("a socket"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).expect("its rights");
    let path = path.display().to_string();
    house
        .must_hold(&["python3", "-c", CONNECT, "unix", &path])
        .await;
}

#[tokio::test]
async fn a_socket_without_a_file_cannot_be_reached() {
    let house = House::new().await;
    let name = format!("portcullis-canary-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).expect("a name");
    tell_everybody(UnixListener::bind_addr(&address).expect("a socket"));
    house
        .must_hold(&["python3", "-c", CONNECT, "abstract", &name])
        .await;
}

#[tokio::test]
async fn without_a_network_nothing_on_it_can_be_reached() {
    let house = House::new().await;
    let port = tcp().to_string();
    house
        .must_hold(&["python3", "-c", CONNECT, "tcp", &port])
        .await;
}

#[tokio::test]
async fn without_a_network_nothing_is_sent() {
    let house = House::new().await;
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    socket.set_nonblocking(true).expect("a mode");
    let port = socket.local_addr().expect("an address").port().to_string();
    let script = "import socket, sys\n\
        for family, kind, proto in [(2, 2, 0), (2, 3, 1), (10, 2, 0), (16, 3, 0), (17, 3, 3), (40, 1, 0), (38, 5, 0)]:\n\
        \x20   try:\n\
        \x20       made = socket.socket(family, kind, proto)\n\
        \x20       if family == 2 and kind == 2: made.sendto(b'out', ('127.0.0.1', int(sys.argv[1])))\n\
        \x20       print('made', family)\n\
        \x20   except OSError: pass\n\
        print('tried')\n";
    let argv = ["python3", "-c", script, &port];
    let mut heard = [0; 8];
    assert!(crate::house::bare(&argv, &house.home(crate::house::MINE)).contains("made 2"));
    assert_eq!(socket.recv(&mut heard).expect("a datagram"), 3);
    for (standing, offer) in house.standings() {
        let said = house.behind(&offer, &argv).await;
        assert!(
            !said.contains("made") && said.contains("tried"),
            "{standing}: {said}"
        );
        assert!(socket.recv(&mut heard).is_err(), "{standing}");
    }
}

#[tokio::test]
async fn only_the_ports_that_are_opened_can_be_called() {
    let house = House::new().await;
    let (open, shut) = (tcp(), tcp());
    for (standing, offer) in house.standings() {
        let network = Network::Ports {
            ports: vec![open],
            datagrams: false,
        };
        let commands = house.commands(&offer, |settings| settings.network = network);
        let call = async |port: u16| {
            let argv = json!({ "argv": ["python3", "-c", CONNECT, "tcp", port.to_string()] });
            let effect = commands.execute(crate::house::order(argv)).await;
            format!("{}\n{}", effect.summary, crate::house::text(&effect))
        };
        if house.offer().has(Wall::Ports) {
            assert!(call(open).await.contains(CANARY), "{standing}");
            let said = call(shut).await;
            assert!(
                !said.contains(CANARY) && said.contains("tried"),
                "{standing}: {said}"
            );
        } else {
            assert!(
                call(open)
                    .await
                    .contains("the wall `ports` cannot be raised"),
                "{standing}"
            );
        }
    }
}

#[tokio::test]
async fn with_ports_opened_nothing_else_is_spoken_and_nobody_listens() {
    let house = House::new().await;
    let script = "import socket\n\
        for family, kind, proto in [(2, 2, 0), (2, 3, 1), (2, 1, 132), (2, 1, 262), (10, 2, 0), (16, 3, 0)]:\n\
        \x20   try: socket.socket(family, kind, proto); print('made', family, kind, proto)\n\
        \x20   except OSError: pass\n\
        try: socket.create_server(('127.0.0.1', 0)); print('made a listener')\n\
        except OSError: pass\n\
        print('tried')\n";
    let network = Network::Ports {
        ports: vec![443],
        datagrams: false,
    };
    let commands = house.commands(house.offer(), |settings| settings.network = network);
    let argv = json!({ "argv": ["python3", "-c", script] });
    let said = crate::house::text(&commands.execute(crate::house::order(argv)).await);
    // Without the wall for ports nothing is run at all, so that nothing is made either.
    assert!(!said.contains("made"), "{said}");
    assert_eq!(
        said.contains("tried"),
        house.offer().has(Wall::Ports),
        "{said}"
    );
}

#[tokio::test]
async fn a_room_s_own_sockets_work_where_no_other_can_be_named() {
    let house = House::new().await;
    let script = "import socket\n\
        a, b = socket.socketpair(); a.send(b'pair'); print(b.recv(9))\n\
        server = socket.socket(socket.AF_UNIX); server.bind('own'); server.listen()\n\
        client = socket.socket(socket.AF_UNIX); client.connect('own'); print('connected')\n";
    let said = house
        .behind(house.offer(), &["python3", "-c", script])
        .await;
    let expected = house.offer().has(Wall::Mounts);
    assert_eq!(said.contains("connected"), expected, "{said}");
    assert!(said.contains("pair"), "{said}");
    let least: Offer = house.standings().remove(2).1;
    let said = house.behind(&least, &["python3", "-c", script]).await;
    assert!(
        said.contains("pair") && !said.contains("connected"),
        "{said}"
    );
}
