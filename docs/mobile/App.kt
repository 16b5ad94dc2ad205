// A worker's phone as a console program in Kotlin: the same small app as app.py and App.swift.
//
//     App FOLDER enrol INVITATION   once, with a signal: the text of the QR code the office shows
//     App FOLDER visit PHOTO        at the door, with no signal needed
//     App FOLDER find TEXT          what is known about an address or a name, with no signal needed
//     App FOLDER sync [SECONDS]     back in range; it tries for so long, a minute if not said
//
// Each run opens the store anew, as a phone does that was switched off between.

import doorstep.*
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import java.security.SecureRandom
import kotlin.io.path.*
import kotlin.system.exitProcess
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** The standard address code on the door plate. */
const val HOME = "210102001001003201501"

/** Every call of the core blocks until it is done: none of them is made on the thread that draws. */
class Phone(private val client: FieldClient, private val io: CoroutineDispatcher = Dispatchers.IO) {
    suspend fun enrol(invitation: String) = withContext(io) {
        val enrolled = client.enrol(invitation, "Kotlin")
        println("enrolled: ${enrolled.person}, ${say(enrolled.district)}")
        client.sync()
        for (area in client.areas()) println("area: ${area.area} ${say(area.name)}")
    }

    /** Everything here is on disk when the call returns, whether or not there is a signal. */
    suspend fun visit(picture: String) = withContext(io) {
        val address = text("address", "测试街道第一社区北三路32号2单元501")
        val home = client.openPremises(null, HOME, listOf(address, text("use", "rented"))).record
        try {
            client.edit(home, listOf(text("use", "castle")))
        } catch (refused: FieldException.Refused) { // nothing was saved: the person is told and corrects it
            tell(refused)
        }
        client.edit(home, listOf(Entry("rooms", FieldValue.Number(2))))

        for (finding in client.check("visit", null, listOf(text("outcome", "met"), text("state", "submitted")))) {
            println("check: ${finding.field} ${finding.code}: ${say(finding.message)}")
        }
        val report = client.startVisit(home, listOf(text("remarks", "楼道灯不亮"))).record // a draft, to be gone on with
        client.photo(report, Path(picture).readBytes(), caption = "楼道", takenAtMs = System.currentTimeMillis())
        client.endVisit(report, "met", listOf(Entry("card_shown", FieldValue.Flag(true))), submit = true)
        show(home)
        status()
    }

    suspend fun find(words: String) = withContext(io) {
        for (line in client.find(words, ListFilter(kind = "premises"))) show(line.record)
    }

    suspend fun sync(seconds: Int) = withContext(io) {
        val done = client.syncWith(seconds.toULong() * 1000u, Steps)
        println("sync: ${done.accepted} accepted, ${done.rejected} refused, ${done.photosStored} photos")
        for (item in client.attention()) {
            println("attention: ${item.why} ${item.title} ${item.field?.let(::say).orEmpty()}: ${say(item.words)}")
            for (kept in item.kept) println("    ${say(kept)}")
        }
        status()
    }

    private fun show(record: String) {
        val view = client.read(record)
        println("${view.line.kind}: ${view.line.title} (${view.line.standing})")
        for (field in view.fields) {
            val shown = if (field.sensitive) "***" else say(field.shown)
            println("    ${say(field.label)}: $shown${if (field.clash) " (!)" else ""}")
        }
    }

    private fun status() {
        val now = client.status()
        println("status: ${now.onThisPhone} on this phone, ${now.merged} merged, ${now.photosHere} photos")
    }
}

/** Hears how far a sync has come, on the thread that syncs. */
object Steps : SyncListener {
    override fun onProgress(progress: SyncProgress) {
        val sent = "${progress.accepted} of ${progress.changes} changes"
        println("${progress.stage}: $sent, ${progress.photosStored} of ${progress.photos} photos")
    }
}

fun text(key: String, value: String) = Entry(key, FieldValue.Text(value))

/** What a person reads: in their language. */
fun say(words: Bilingual) = if (System.getenv("APP_LANGUAGE") == "en") words.en else words.zh

/** What happened and what to do, with the code that a helpdesk asks for. */
fun tell(error: FieldException) {
    val problem = error.problem()
    println("${problem.code} ${problem.field.orEmpty()}: ${say(problem.message)}. ${say(problem.remedy)}")
}

/** The 32 bytes that encrypt the store. A desk has no Android Keystore: a file only we can read. */
fun storeKey(folder: Path): ByteArray {
    val file = folder / "key"
    if (file.notExists()) {
        val ours = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        Files.createFile(file, ours).writeBytes(ByteArray(32).also(SecureRandom()::nextBytes))
    }
    return file.readBytes()
}

suspend fun main(arguments: Array<String>) {
    val (folder, command) = arguments
    val given = arguments.getOrElse(2) { "" }
    try {
        val home = Path(folder).createDirectories()
        FieldClient.open((home / "phone.db").pathString, storeKey(home)).use { client ->
            val phone = Phone(client)
            when (command) {
                "enrol" -> phone.enrol(given)
                "visit" -> phone.visit(given)
                "find" -> phone.find(given)
                "sync" -> phone.sync(given.toIntOrNull() ?: 60)
                else -> error("there is no command $command")
            }
        }
    } catch (error: FieldException) { // nothing that was saved before is lost by any of them
        tell(error)
        exitProcess(1)
    }
}
