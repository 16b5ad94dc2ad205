// A worker's phone as a console program in Swift: the same small app as App.kt and app.py.
//
//     App FOLDER enrol INVITATION   once, with a signal: the text of the QR code the office shows
//     App FOLDER visit PHOTO        at the door, with no signal needed
//     App FOLDER find TEXT          what is known about an address or a name, with no signal needed
//     App FOLDER sync [SECONDS]     back in range; it tries for so long, a minute if not said
//
// Each run opens the store anew, as a phone does that was switched off between.

import Doorstep
import Foundation
import Security

/// The standard address code on the door plate.
let home = "210102001001003201501"

/// Every call of the core blocks until it is done: none of them is made on the main thread, nor on the few
/// threads that Swift's tasks share.
struct Phone: Sendable {
    let client: FieldClient

    private static let queue = DispatchQueue(label: "doorstep", qos: .userInitiated, attributes: .concurrent)

    func work<T: Sendable>(_ calls: @escaping @Sendable (FieldClient) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { done in
            Self.queue.async { done.resume(with: Result { try calls(client) }) }
        }
    }

    func enrol(invitation: String) async throws {
        try await work { client in
            let enrolled = try client.enrol(invitation: invitation, name: "Swift")
            print("enrolled: \(enrolled.person), \(say(enrolled.district))")
            _ = try client.sync()
            for area in try client.areas() { print("area: \(area.area) \(say(area.name))") }
        }
    }

    /// Everything here is on disk when the call returns, whether or not there is a signal.
    func visit(picture: String) async throws {
        try await work { client in
            let address = text("address", "测试街道第一社区北三路32号2单元501")
            let opened = try client.openPremises(
                area: nil, addressCode: home, values: [address, text("use", "rented")])
            do {
                _ = try client.edit(record: opened.record, values: [text("use", "castle")])
            } catch let refused as FieldError { // nothing was saved: the person is told and corrects it
                tell(refused)
            }
            _ = try client.edit(
                record: opened.record, values: [Entry(key: "rooms", value: .number(number: 2))])

            let typed = [text("outcome", "met"), text("state", "submitted")]
            for finding in try client.check(kind: "visit", record: nil, entries: typed) {
                print("check: \(finding.field) \(finding.code): \(say(finding.message))")
            }
            let remarks = text("remarks", "楼道灯不亮")
            let draft = try client.startVisit(premises: opened.record, values: [remarks]) // to be gone on with
            let bytes = try Data(contentsOf: URL(fileURLWithPath: picture))
            let now = Int64(Date().timeIntervalSince1970 * 1000)
            _ = try client.photo(report: draft.record, bytes: bytes, caption: "楼道", takenAtMs: now)
            let shown = Entry(key: "card_shown", value: .flag(yes: true))
            _ = try client.endVisit(visit: draft.record, outcome: "met", values: [shown], submit: true)
            try show(client, opened.record)
            try status(client)
        }
    }

    func find(words: String) async throws {
        try await work { client in
            let found = try client.find(text: words, filter: ListFilter(kind: "premises"))
            for line in found { try show(client, line.record) }
        }
    }

    func sync(seconds: UInt64) async throws {
        try await work { client in
            let done = try client.syncWith(maxWaitMs: seconds * 1000, listener: Steps())
            print("sync: \(done.accepted) accepted, \(done.rejected) refused, \(done.photosStored) photos")
            for item in try client.attention() {
                let field = item.field.map(say) ?? ""
                print("attention: \(item.why) \(item.title) \(field): \(say(item.words))")
                for kept in item.kept { print("    \(say(kept))") }
            }
            try status(client)
        }
    }
}

/// Hears how far a sync has come, on the thread that syncs.
final class Steps: SyncListener {
    func onProgress(progress: SyncProgress) {
        let sent = "\(progress.accepted) of \(progress.changes) changes"
        print("\(progress.stage): \(sent), \(progress.photosStored) of \(progress.photos) photos")
    }
}

func show(_ client: FieldClient, _ record: String) throws {
    let view = try client.read(record: record)
    print("\(view.line.kind): \(view.line.title) (\(view.line.standing))")
    for field in view.fields {
        let shown = field.sensitive ? "***" : say(field.shown)
        print("    \(say(field.label)): \(shown)\(field.clash ? " (!)" : "")")
    }
}

func status(_ client: FieldClient) throws {
    let now = try client.status()
    print("status: \(now.onThisPhone) on this phone, \(now.merged) merged, \(now.photosHere) photos")
}

func text(_ key: String, _ value: String) -> Entry {
    Entry(key: key, value: .text(text: value))
}

/// What a person reads: in their language.
func say(_ words: Bilingual) -> String {
    Locale.current.identifier.hasPrefix("zh") ? words.zh : words.en
}

/// What happened and what to do, with the code that a helpdesk asks for.
func tell(_ error: FieldError) {
    let problem = error.problem()
    print("\(problem.code) \(problem.field ?? ""): \(say(problem.message)). \(say(problem.remedy))")
}

/// The 32 bytes that encrypt the store, from the Keychain: readable once the phone has been unlocked after
/// a start, so that a sync in the background can open the store, and never taken to another device.
func storeKey() throws -> Data {
    let item: [CFString: Any] = [
        kSecClass: kSecClassGenericPassword, kSecAttrService: "doorstep", kSecAttrAccount: "store",
    ]
    var found: CFTypeRef?
    let wanted = item.merging([kSecReturnData: true]) { _, new in new }
    switch SecItemCopyMatching(wanted as CFDictionary, &found) {
    case errSecSuccess:
        if let key = found as? Data { return key }
    case errSecItemNotFound: // the only answer that means: make one
        var key = Data(count: 32)
        let made = key.withUnsafeMutableBytes { SecRandomCopyBytes(kSecRandomDefault, 32, $0.baseAddress!) }
        let kept = item.merging([
            kSecValueData: key, kSecAttrAccessible: kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
        ]) { _, new in new }
        if made == errSecSuccess, SecItemAdd(kept as CFDictionary, nil) == errSecSuccess { return key }
    default: // locked since the start, say: try again later, with the key that is there
        break
    }
    throw CocoaError(.fileReadNoPermission)
}

@main
struct App {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 2 else { fatalError("App FOLDER COMMAND [ARGUMENT]") }
        let given = arguments.count > 3 ? arguments[3] : ""
        let folder = URL(fileURLWithPath: arguments[1], isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        do {
            let path = folder.appendingPathComponent("phone.db").path
            let phone = Phone(client: try FieldClient.open(path: path, key: try storeKey()))
            switch arguments[2] {
            case "enrol": try await phone.enrol(invitation: given)
            case "visit": try await phone.visit(picture: given)
            case "find": try await phone.find(words: given)
            case "sync": try await phone.sync(seconds: UInt64(given) ?? 60)
            default: fatalError("there is no command \(arguments[2])")
            }
        } catch let error as FieldError { // nothing that was saved before is lost by any of them
            tell(error)
            exit(1)
        }
    }
}
