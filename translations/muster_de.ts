<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en_US">
<context>
    <name>CellToolTip</name>
    <message>
        <source>before</source>
        <comment>earlier than the first round</comment>
        <translation>davor</translation>
    </message>
</context>
<context>
    <name>CheckText</name>
    <message>
        <source>Server reached</source>
        <translation>Server erreicht</translation>
    </message>
    <message>
        <source>TLS verified</source>
        <translation>TLS geprüft</translation>
    </message>
    <message>
        <source>Signed in</source>
        <translation>Angemeldet</translation>
    </message>
    <message>
        <source>JetStream</source>
        <translation>JetStream</translation>
    </message>
    <message>
        <source>Fleet streams</source>
        <translation>Streams der Flotte</translation>
    </message>
    <message>
        <source>Live queries</source>
        <translation>Live-Abfragen</translation>
    </message>
    <message>
        <source>%1 ms, nats-server %2</source>
        <translation>%1 ms, nats-server %2</translation>
    </message>
    <message>
        <source>without a name</source>
        <translation>ohne Namen</translation>
    </message>
    <message>
        <source>with a token</source>
        <translation>mit einem Token</translation>
    </message>
    <message>
        <source>with an NKey</source>
        <translation>mit einem NKey</translation>
    </message>
    <message numerus="yes">
        <source>%n missing</source>
        <translation>
            <numerusform>%n fehlt</numerusform>
            <numerusform>%n fehlen</numerusform>
        </translation>
    </message>
    <message>
        <source>Prepare the account to create: %1.</source>
        <translation>Bereiten Sie das Konto vor, um anzulegen: %1.</translation>
    </message>
    <message numerus="yes">
        <source>%n set up otherwise</source>
        <translation>
            <numerusform>%n anders eingerichtet</numerusform>
            <numerusform>%n anders eingerichtet</numerusform>
        </translation>
    </message>
    <message>
        <source>Muster leaves them as they are: %1. &quot;musterctl setup&quot; lists every difference.</source>
        <translation>Muster lässt sie, wie sie sind: %1. „musterctl setup“ nennt jeden Unterschied.</translation>
    </message>
    <message numerus="yes">
        <source>%n there</source>
        <translation>
            <numerusform>%n vorhanden</numerusform>
            <numerusform>%n vorhanden</numerusform>
        </translation>
    </message>
    <message>
        <source>allowed</source>
        <translation>erlaubt</translation>
    </message>
    <message>
        <source>not allowed for this user</source>
        <translation>diesem Benutzer nicht erlaubt</translation>
    </message>
    <message>
        <source>To ask devices, the user needs to publish on %1.query.&gt; and subscribe to its inbox.</source>
        <translation>Um Geräte zu befragen, muss der Benutzer auf %1.query.&gt; senden und seinen Eingang abonnieren dürfen.</translation>
    </message>
    <message>
        <source>by this computer&apos;s authorities</source>
        <translation>durch die Zertifizierungsstellen dieses Rechners</translation>
    </message>
    <message>
        <source>not used: everything goes in plain text</source>
        <translation>nicht benutzt: alles geht im Klartext</translation>
    </message>
    <message numerus="yes">
        <source>%n stream(s) in this account</source>
        <translation>
            <numerusform>%n Stream in diesem Konto</numerusform>
            <numerusform>%n Streams in diesem Konto</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Chip</name>
    <message>
        <source>Remove %1</source>
        <translation>%1 entfernen</translation>
    </message>
</context>
<context>
    <name>ColumnChooser</name>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>angeheftet</translation>
    </message>
    <message>
        <source>no room</source>
        <translation>kein Platz</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Find a device, run a command, open a page</source>
        <translation>Gerät suchen, Befehl ausführen, Seite öffnen</translation>
    </message>
    <message>
        <source>Nothing matches</source>
        <translation>Nichts passt</translation>
    </message>
</context>
<context>
    <name>ComparisonDialog</name>
    <message>
        <source>Comparison</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
    <message>
        <source>Cancel export, %1 %</source>
        <translation>Export abbrechen, %1 %</translation>
    </message>
    <message>
        <source>Export CSV</source>
        <translation>CSV exportieren</translation>
    </message>
    <message>
        <source>There is no difference to export</source>
        <translation>Es gibt keinen Unterschied zu exportieren</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Nachher</translation>
    </message>
    <message>
        <source>These are different questions: what one did not ask for counts as absent.</source>
        <translation>Dies sind verschiedene Fragen: wonach die eine nicht fragte, gilt als nicht vorhanden.</translation>
    </message>
    <message>
        <source>cells changed</source>
        <translation>Zellen geändert</translation>
    </message>
    <message>
        <source>rows changed</source>
        <translation>Zeilen geändert</translation>
    </message>
    <message>
        <source>added</source>
        <translation>hinzugekommen</translation>
    </message>
    <message>
        <source>gone</source>
        <translation>weggefallen</translation>
    </message>
    <message>
        <source>the same</source>
        <translation>gleich</translation>
    </message>
    <message>
        <source>They cannot be compared</source>
        <translation>Sie lassen sich nicht vergleichen</translation>
    </message>
    <message>
        <source>Comparing ...</source>
        <translation>Wird verglichen …</translation>
    </message>
    <message>
        <source>No row has &quot;%1&quot;</source>
        <translation>Keine Zeile enthält „%1“</translation>
    </message>
    <message>
        <source>Nothing differs</source>
        <translation>Nichts unterscheidet sich</translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>Add scope</source>
        <translation>Umfang hinzufügen</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>Merkmal</translation>
    </message>
    <message>
        <source>%1 is</source>
        <translation>%1 ist</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Bedingung</translation>
    </message>
    <message>
        <source>All of them; or a condition, as in mem.free &lt; 200MB and fw &lt; &quot;1.5&quot;</source>
        <translation>Alle; oder eine Bedingung, etwa mem.free &lt; 200MB and fw &lt; &quot;1.5&quot;</translation>
    </message>
    <message numerus="yes">
        <source>valid, %Ln term(s)</source>
        <translation>
            <numerusform>gültig, %Ln Bedingung</numerusform>
            <numerusform>gültig, %Ln Bedingungen</numerusform>
        </translation>
    </message>
    <message>
        <source>Select</source>
        <translation>Felder</translation>
    </message>
    <message>
        <source>  by %1</source>
        <translation>  nach %1</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>Bearbeiten</translation>
    </message>
    <message>
        <source>Add field</source>
        <translation>Feld hinzufügen</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>Feld</translation>
    </message>
    <message>
        <source>Deadline</source>
        <translation>Frist</translation>
    </message>
    <message>
        <source>Group by</source>
        <translation>Gruppen</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Add group</source>
        <translation>Gruppierung hinzufügen</translation>
    </message>
    <message>
        <source>Aggregate</source>
        <translation>Zusammenfassen</translation>
    </message>
    <message>
        <source>Add aggregate</source>
        <translation>Zusammenfassung hinzufügen</translation>
    </message>
    <message>
        <source>Function</source>
        <translation>Funktion</translation>
    </message>
    <message>
        <source>%1 of</source>
        <translation>%1 von</translation>
    </message>
    <message>
        <source>Fold</source>
        <translation>Einklappen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Ausführen</translation>
    </message>
    <message>
        <source>Ctrl Enter</source>
        <translation>Strg Eingabe</translation>
    </message>
    <message>
        <source>Whom to ask</source>
        <translation>Wer gefragt wird</translation>
    </message>
    <message>
        <source>Fleet</source>
        <translation>Flotte</translation>
    </message>
    <message>
        <source>Services</source>
        <translation>Dienste</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>Subject</translation>
    </message>
    <message>
        <source>Name of the service</source>
        <translation>Name des Dienstes</translation>
    </message>
    <message>
        <source>Every service of the account, or a name</source>
        <translation>Alle Dienste des Kontos, oder ein Name</translation>
    </message>
    <message>
        <source>Subject, as in orders.status</source>
        <translation>Subject, etwa orders.status</translation>
    </message>
    <message>
        <source>Ends after</source>
        <translation>Endet nach</translation>
    </message>
    <message>
        <source>Replies after which it ends; 0 for no count</source>
        <translation>Antworten, nach denen es endet; 0 für keine Zahl</translation>
    </message>
    <message>
        <source>replies, or a gap of</source>
        <translation>Antworten, oder einer Pause von</translation>
    </message>
    <message>
        <source>Milliseconds without a reply after which it ends; 0 for no gap</source>
        <translation>Millisekunden ohne Antwort, nach denen es endet; 0 für keine Pause</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>ms</translation>
    </message>
    <message>
        <source>Payload</source>
        <translation>Nutzlast</translation>
    </message>
    <message>
        <source>Sent as it is; may be empty</source>
        <translation>Wird gesendet, wie sie ist; darf leer sein</translation>
    </message>
    <message>
        <source>All of them; or a condition, as in num_errors &gt; 0</source>
        <translation>Alle; oder eine Bedingung, etwa num_errors &gt; 0</translation>
    </message>
    <message>
        <source>All replies; or a condition on their fields</source>
        <translation>Alle Antworten; oder eine Bedingung an ihre Felder</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Scope</source>
        <translation>Umfang</translation>
    </message>
</context>
<context>
    <name>ConfirmDialog</name>
    <message>
        <source>Type %1 to confirm</source>
        <translation>Zum Bestätigen %1 eingeben</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>ConnectPage</name>
    <message>
        <source>the roll-call for device fleets</source>
        <translation>der Appell für Geräteflotten</translation>
    </message>
    <message>
        <source>Saved connections</source>
        <translation>Gespeicherte Verbindungen</translation>
    </message>
    <message>
        <source>New</source>
        <translation>Neu</translation>
    </message>
    <message>
        <source>None yet. Fill in the form and save it.</source>
        <translation>Noch keine. Füllen Sie das Formular aus und speichern Sie es.</translation>
    </message>
    <message>
        <source>From the NATS command line</source>
        <translation>Aus der NATS-Befehlszeile</translation>
    </message>
    <message>
        <source>Check the ones to import</source>
        <translation>Wählen Sie aus, was importiert werden soll</translation>
    </message>
    <message>
        <source>Import %1</source>
        <translation>%1 importieren</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importieren</translation>
    </message>
    <message>
        <source>No fleet at hand?</source>
        <translation>Keine Flotte zur Hand?</translation>
    </message>
    <message>
        <source>Starts a NATS server on 127.0.0.1 with 200 simulated devices on 4 sites. Nothing leaves this computer. Stops when Muster closes.</source>
        <translation>Startet einen NATS-Server auf 127.0.0.1 mit 200 simulierten Geräten an 4 Standorten. Nichts verlässt diesen Rechner. Endet mit Muster.</translation>
    </message>
    <message>
        <source>Start a demo fleet on this computer</source>
        <translation>Demoflotte auf diesem Rechner starten</translation>
    </message>
    <message>
        <source>Ctrl D</source>
        <translation>Strg D</translation>
    </message>
    <message>
        <source>The demo fleet runs</source>
        <translation>Die Demoflotte läuft</translation>
    </message>
    <message>
        <source>It is starting</source>
        <translation>Sie startet gerade</translation>
    </message>
    <message>
        <source>New connection</source>
        <translation>Neue Verbindung</translation>
    </message>
    <message>
        <source>edited</source>
        <translation>geändert</translation>
    </message>
    <message>
        <source>Back to the fleet</source>
        <translation>Zurück zur Flotte</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>Duplizieren</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Cancel test</source>
        <translation>Test abbrechen</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Testen</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>%1 gespeichert</translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation>Verbinde</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>Verbinden</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Eingabe</translation>
    </message>
    <message>
        <source>Muster %1</source>
        <translation>Muster %1</translation>
    </message>
    <message>
        <source>Secrets stay in the files above; Muster stores only their paths.</source>
        <translation>Geheimnisse bleiben in den Dateien oben; Muster speichert nur deren Pfade.</translation>
    </message>
    <message>
        <source>Connected to %1</source>
        <translation>Verbunden mit %1</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>Nicht verbunden</translation>
    </message>
    <message>
        <source>Delete this connection?</source>
        <translation>Diese Verbindung löschen?</translation>
    </message>
    <message>
        <source>%1 is removed from the list. The files it names stay where they are.</source>
        <translation>%1 wird aus der Liste entfernt. Die genannten Dateien bleiben, wo sie sind.</translation>
    </message>
    <message>
        <source>It</source>
        <translation>Sie</translation>
    </message>
    <message>
        <source>Delete connection</source>
        <translation>Verbindung löschen</translation>
    </message>
    <message>
        <source>Prepare the account?</source>
        <translation>Konto vorbereiten?</translation>
    </message>
    <message>
        <source>Creates these streams and buckets on %1. Nothing that exists is changed.</source>
        <translation>Legt diese Streams und Buckets auf %1 an. Nichts Vorhandenes wird geändert.</translation>
    </message>
    <message>
        <source>Create them</source>
        <translation>Anlegen</translation>
    </message>
</context>
<context>
    <name>ConnectionChip</name>
    <message>
        <source>connected, read only</source>
        <translation>verbunden, nur lesend</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>verbunden</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>verbindet</translation>
    </message>
    <message>
        <source>reconnecting, down for %1 s</source>
        <translation>verbindet neu, seit %1 s unterbrochen</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>not connected</source>
        <translation>nicht verbunden</translation>
    </message>
    <message>
        <source>Connection %1, %2</source>
        <translation>Verbindung %1, %2</translation>
    </message>
    <message>
        <source>RTT</source>
        <translation>RTT</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>Change connection</source>
        <translation>Verbindung wechseln</translation>
    </message>
    <message>
        <source>Start the demo server again</source>
        <translation>Demoserver wieder starten</translation>
    </message>
    <message>
        <source>Copy the address</source>
        <translation>Adresse kopieren</translation>
    </message>
    <message>
        <source>Stop the demo fleet</source>
        <translation>Demoflotte beenden</translation>
    </message>
    <message>
        <source>Disconnect</source>
        <translation>Trennen</translation>
    </message>
</context>
<context>
    <name>ConnectionForm</name>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Servers</source>
        <translation>Server</translation>
    </message>
    <message>
        <source>Muster tries them in turn and reconnects without asking.</source>
        <translation>Muster versucht sie der Reihe nach und verbindet sich ohne Rückfrage neu.</translation>
    </message>
    <message>
        <source>Sign in with</source>
        <translation>Anmelden mit</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>Nichts</translation>
    </message>
    <message>
        <source>User and password</source>
        <translation>Benutzer und Passwort</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Credentials file</source>
        <translation>Credentials-Datei</translation>
    </message>
    <message>
        <source>NKey seed</source>
        <translation>NKey-Seed</translation>
    </message>
    <message>
        <source>User</source>
        <translation>Benutzer</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Passwort</translation>
    </message>
    <message>
        <source>Only for credentials sign in</source>
        <translation>Nur für die Anmeldung mit Credentials</translation>
    </message>
    <message>
        <source>NKey seed file</source>
        <translation>NKey-Seed-Datei</translation>
    </message>
    <message>
        <source>Only for NKey sign in</source>
        <translation>Nur für die Anmeldung mit NKey</translation>
    </message>
    <message>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <source>Required</source>
        <translation>Verlangt</translation>
    </message>
    <message>
        <source>When the server asks</source>
        <translation>Wenn der Server es verlangt</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>CA certificate</source>
        <translation>CA-Zertifikat</translation>
    </message>
    <message>
        <source>The system&apos;s</source>
        <translation>Die des Systems</translation>
    </message>
    <message>
        <source>Client certificate</source>
        <translation>Client-Zertifikat</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keines</translation>
    </message>
    <message>
        <source>Client key</source>
        <translation>Client-Schlüssel</translation>
    </message>
    <message>
        <source>Subject prefix</source>
        <translation>Subject-Präfix</translation>
    </message>
    <message>
        <source>JetStream domain</source>
        <translation>JetStream-Domäne</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Standard</translation>
    </message>
    <message>
        <source>On start</source>
        <translation>Beim Start</translation>
    </message>
    <message>
        <source>Connect to this one</source>
        <translation>Mit dieser verbinden</translation>
    </message>
    <message>
        <source>Read only</source>
        <translation>Nur lesen</translation>
    </message>
</context>
<context>
    <name>DevicesPage</name>
    <message>
        <source>%1 devices are selected, and a query names at most %2. Put a filter that they pass in Where on the Query page instead.</source>
        <translation>%1 Geräte sind ausgewählt, und eine Abfrage nennt höchstens %2. Setzen Sie stattdessen auf der Seite „Abfrage“ unter „Bedingung“ einen Filter, den sie bestehen.</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Geräte</translation>
    </message>
    <message numerus="yes">
        <source>%Ln device(s)</source>
        <translation>
            <numerusform>%Ln Gerät</numerusform>
            <numerusform>%Ln Geräte</numerusform>
        </translation>
    </message>
    <message>
        <source>Filter devices</source>
        <translation>Geräte filtern</translation>
    </message>
    <message>
        <source>Filter, as in region = &quot;eu&quot; and cpu.pct &gt; 80</source>
        <translation>Filter, etwa region = &quot;eu&quot; and cpu.pct &gt; 80</translation>
    </message>
    <message>
        <source>%1 shown</source>
        <translation>%1 angezeigt</translation>
    </message>
    <message>
        <source>shown, filtering ...</source>
        <translation>angezeigt, filtere ...</translation>
    </message>
    <message>
        <source>shown</source>
        <translation>angezeigt</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
    <message>
        <source>Cancel export, %1 %</source>
        <translation>Export abbrechen, %1 %</translation>
    </message>
    <message>
        <source>Export CSV</source>
        <translation>CSV exportieren</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Live</translation>
    </message>
    <message>
        <source>Follow the fleet again</source>
        <translation>Der Flotte wieder folgen</translation>
    </message>
    <message>
        <source>Hold the table still</source>
        <translation>Die Tabelle anhalten</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>%1 selected</source>
        <translation>%1 ausgewählt</translation>
    </message>
    <message>
        <source>Query</source>
        <translation>Abfrage</translation>
    </message>
    <message>
        <source>Ask exactly these devices</source>
        <translation>Genau diese Geräte fragen</translation>
    </message>
    <message>
        <source>This is the fleet as of %1 ago.</source>
        <translation>Dies ist die Flotte von vor %1.</translation>
    </message>
    <message>
        <source>The demo&apos;s nats-server has ended.</source>
        <translation>Der nats-server der Demo ist beendet.</translation>
    </message>
    <message>
        <source>The link to %1 has been down for %2 s; reconnecting.</source>
        <translation>Die Verbindung zu %1 ist seit %2 s unterbrochen; sie wird neu aufgebaut.</translation>
    </message>
    <message>
        <source>There is no link to the server.</source>
        <translation>Es besteht keine Verbindung zum Server.</translation>
    </message>
    <message>
        <source>Start the demo server again</source>
        <translation>Demoserver wieder starten</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>Nicht verbunden</translation>
    </message>
    <message>
        <source>Reading the fleet</source>
        <translation>Die Flotte wird gelesen</translation>
    </message>
    <message>
        <source>Devices may be missing. %1</source>
        <translation>Möglicherweise fehlen Geräte. %1</translation>
    </message>
    <message>
        <source>The fleet cannot be read</source>
        <translation>Die Flotte kann nicht gelesen werden</translation>
    </message>
    <message>
        <source>No device has reported yet</source>
        <translation>Noch hat sich kein Gerät gemeldet</translation>
    </message>
    <message>
        <source>Connect to a server to see its devices.</source>
        <translation>Verbinden Sie sich mit einem Server, um seine Geräte zu sehen.</translation>
    </message>
    <message>
        <source>Waiting for the presence stream&apos;s snapshot.</source>
        <translation>Warte auf den Stand des Presence-Streams.</translation>
    </message>
    <message>
        <source>The account has a presence stream, and it is empty. Start muster-agent on a device; it appears here with its first heartbeat.</source>
        <translation>Das Konto hat einen Presence-Stream, und er ist leer. Starten Sie muster-agent auf einem Gerät; mit seinem ersten Lebenszeichen erscheint es hier.</translation>
    </message>
    <message>
        <source>This account has no presence stream: devices appear with their next heartbeat.</source>
        <translation>Dieses Konto hat keinen Presence-Stream: Geräte erscheinen mit ihrem nächsten Lebenszeichen.</translation>
    </message>
    <message>
        <source>Choose a connection</source>
        <translation>Verbindung wählen</translation>
    </message>
    <message>
        <source>No device matches</source>
        <translation>Kein Gerät passt</translation>
    </message>
    <message numerus="yes">
        <source>None of the %Ln device(s) passes the filter.</source>
        <translation>
            <numerusform>Das eine Gerät passt nicht zum Filter.</numerusform>
            <numerusform>Keines der %Ln Geräte passt zum Filter.</numerusform>
        </translation>
    </message>
    <message>
        <source>No device that is %1 passes the filter.</source>
        <translation>Kein Gerät im Zustand %1 passt zum Filter.</translation>
    </message>
    <message>
        <source>Show all devices</source>
        <translation>Alle Geräte zeigen</translation>
    </message>
    <message>
        <source>%1 shown, of the last valid filter</source>
        <translation>%1 angezeigt, vom letzten gültigen Filter</translation>
    </message>
    <message>
        <source>shown, of the last valid filter</source>
        <translation>angezeigt, vom letzten gültigen Filter</translation>
    </message>
    <message>
        <source>Group by</source>
        <translation>Gruppieren</translation>
    </message>
    <message>
        <source>By %1</source>
        <translation>Nach %1</translation>
    </message>
    <message>
        <source>Group by %1</source>
        <translation>Gruppieren nach %1</translation>
    </message>
    <message>
        <source>Group by up to three</source>
        <translation>Gruppieren nach bis zu drei</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message numerus="yes">
        <source>Exported %Ln line(s) to %1</source>
        <translation>
            <numerusform>%Ln Zeile nach %1 exportiert</numerusform>
            <numerusform>%Ln Zeilen nach %1 exportiert</numerusform>
        </translation>
    </message>
    <message>
        <source>Not exported to %1: %2</source>
        <translation>Nicht nach %1 exportiert: %2</translation>
    </message>
    <message>
        <source>Export CSV</source>
        <translation>CSV exportieren</translation>
    </message>
    <message>
        <source>Lines of the file</source>
        <translation>Zeilen der Datei</translation>
    </message>
    <message>
        <source>Groups</source>
        <translation>Gruppen</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Zeilen</translation>
    </message>
    <message numerus="yes">
        <source>%Ln group(s) on all levels, folded ones too, with the aggregates of the columns on screen.</source>
        <translation>
            <numerusform>%Ln Gruppe mit den Aggregaten der Spalten auf dem Bildschirm.</numerusform>
            <numerusform>%Ln Gruppen auf allen Ebenen, auch zugeklappte, mit den Aggregaten der Spalten auf dem Bildschirm.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s), with the columns, filter and order on screen.</source>
        <translation>
            <numerusform>%Ln Zeile, mit Spalten, Filter und Reihenfolge wie auf dem Bildschirm.</numerusform>
            <numerusform>%Ln Zeilen, mit Spalten, Filter und Reihenfolge wie auf dem Bildschirm.</numerusform>
        </translation>
    </message>
    <message>
        <source>A name that ends in .tsv or .jsonl chooses that format.</source>
        <translation>Ein Name, der auf .tsv oder .jsonl endet, wählt dieses Format.</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Browse</source>
        <translation>Durchsuchen</translation>
    </message>
    <message>
        <source>Replaces the file that is there.</source>
        <translation>Ersetzt die vorhandene Datei.</translation>
    </message>
    <message>
        <source>Raw: leave cells that a spreadsheet would run as formulas as they are</source>
        <translation>Roh: Zellen, die eine Tabellenkalkulation als Formel ausführen würde, unverändert lassen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Tables (*.csv *.tsv *.jsonl)</source>
        <translation>Tabellen (*.csv *.tsv *.jsonl)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
</context>
<context>
    <name>ExpressionField</name>
    <message>
        <source>Clear the filter</source>
        <translation>Filter leeren</translation>
    </message>
    <message>
        <source>Column %1: %2</source>
        <translation>Spalte %1: %2</translation>
    </message>
    <message>
        <source>%1; expected %2</source>
        <translation>%1; erwartet wird %2</translation>
    </message>
</context>
<context>
    <name>FileField</name>
    <message>
        <source>Browse</source>
        <translation>Durchsuchen</translation>
    </message>
</context>
<context>
    <name>FleetShell</name>
    <message>
        <source>Devices</source>
        <translation>Geräte</translation>
    </message>
    <message>
        <source>page, Ctrl+1</source>
        <translation>Seite, Strg+1</translation>
    </message>
    <message>
        <source>Query</source>
        <translation>Abfrage</translation>
    </message>
    <message>
        <source>page, Ctrl+2</source>
        <translation>Seite, Strg+2</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>Verbindungen</translation>
    </message>
    <message>
        <source>page</source>
        <translation>Seite</translation>
    </message>
    <message>
        <source>Run the query</source>
        <translation>Die Abfrage ausführen</translation>
    </message>
    <message>
        <source>Ctrl+Enter</source>
        <translation>Strg+Eingabe</translation>
    </message>
    <message>
        <source>Saved queries</source>
        <translation>Gespeicherte Abfragen</translation>
    </message>
    <message>
        <source>Query, Ctrl+O</source>
        <translation>Abfrage, Strg+O</translation>
    </message>
    <message>
        <source>Past runs</source>
        <translation>Vergangene Läufe</translation>
    </message>
    <message>
        <source>Query, Ctrl+H</source>
        <translation>Abfrage, Strg+H</translation>
    </message>
    <message>
        <source>Follow the fleet live</source>
        <translation>Der Flotte live folgen</translation>
    </message>
    <message>
        <source>Pause the device table</source>
        <translation>Die Gerätetabelle anhalten</translation>
    </message>
    <message>
        <source>Rejected messages</source>
        <translation>Abgewiesene Nachrichten</translation>
    </message>
    <message>
        <source>Use the light theme</source>
        <translation>Helles Aussehen</translation>
    </message>
    <message>
        <source>Use the dark theme</source>
        <translation>Dunkles Aussehen</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Start the demo server again</source>
        <translation>Demoserver wieder starten</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>Verbindung</translation>
    </message>
</context>
<context>
    <name>FormText</name>
    <message>
        <source>Type the user and password in their own fields: addresses are saved as plain text.</source>
        <translation>Geben Sie Benutzer und Passwort in ihre eigenen Felder ein: Adressen werden im Klartext gespeichert.</translation>
    </message>
    <message>
        <source>There is no file %1.</source>
        <translation>Die Datei %1 gibt es nicht.</translation>
    </message>
    <message>
        <source>%1 cannot be read. Check its owner and permissions.</source>
        <translation>%1 kann nicht gelesen werden. Prüfen Sie Eigentümer und Rechte.</translation>
    </message>
    <message>
        <source>Give the connection a name.</source>
        <translation>Geben Sie der Verbindung einen Namen.</translation>
    </message>
    <message>
        <source>Use at most 64 characters.</source>
        <translation>Höchstens 64 Zeichen.</translation>
    </message>
    <message>
        <source>There is a connection named %1 already.</source>
        <translation>Eine Verbindung namens %1 gibt es schon.</translation>
    </message>
    <message>
        <source>Name at least one server, like nats://host:4222.</source>
        <translation>Nennen Sie mindestens einen Server, etwa nats://host:4222.</translation>
    </message>
    <message>
        <source>Type the user&apos;s name.</source>
        <translation>Geben Sie den Benutzernamen ein.</translation>
    </message>
    <message>
        <source>Type the password. Muster keeps it until it closes and does not save it.</source>
        <translation>Geben Sie das Passwort ein. Muster behält es, bis es endet, und speichert es nicht.</translation>
    </message>
    <message>
        <source>Type the token. Muster keeps it until it closes and does not save it.</source>
        <translation>Geben Sie das Token ein. Muster behält es, bis es endet, und speichert es nicht.</translation>
    </message>
    <message>
        <source>Choose the .creds file that holds the user&apos;s JWT and seed.</source>
        <translation>Wählen Sie die .creds-Datei mit JWT und Seed des Benutzers.</translation>
    </message>
    <message>
        <source>This file has no user JWT in it. Choose a .creds file as nsc makes it.</source>
        <translation>In dieser Datei steht kein Benutzer-JWT. Wählen Sie eine .creds-Datei, wie nsc sie erzeugt.</translation>
    </message>
    <message>
        <source>Choose the file that holds the user&apos;s NKey seed.</source>
        <translation>Wählen Sie die Datei mit dem NKey-Seed des Benutzers.</translation>
    </message>
    <message>
        <source>A client key needs its certificate.</source>
        <translation>Ein Client-Schlüssel braucht sein Zertifikat.</translation>
    </message>
    <message>
        <source>A client certificate needs its key.</source>
        <translation>Ein Client-Zertifikat braucht seinen Schlüssel.</translation>
    </message>
</context>
<context>
    <name>GroupedTable</name>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>%Ln Zeile</numerusform>
            <numerusform>%Ln Zeilen</numerusform>
        </translation>
    </message>
    <message>
        <source>changed in this round</source>
        <translation>in dieser Runde geändert</translation>
    </message>
    <message>
        <source>No row</source>
        <translation>Keine Zeile</translation>
    </message>
    <message>
        <source>Row %1 of %2: %3</source>
        <translation>Zeile %1 von %2: %3</translation>
    </message>
    <message numerus="yes">
        <source>%1, open group of %Ln row(s)</source>
        <translation>
            <numerusform>%1, offene Gruppe aus %Ln Zeile</numerusform>
            <numerusform>%1, offene Gruppe aus %Ln Zeilen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, folded group of %Ln row(s)</source>
        <translation>
            <numerusform>%1, zugeklappte Gruppe aus %Ln Zeile</numerusform>
            <numerusform>%1, zugeklappte Gruppe aus %Ln Zeilen</numerusform>
        </translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>column and cell</comment>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>GroupsDialog</name>
    <message>
        <source>Answered by %1</source>
        <translation>Beantwortet nach %1</translation>
    </message>
    <message>
        <source>Filter groups</source>
        <translation>Gruppen filtern</translation>
    </message>
    <message>
        <source>Export CSV</source>
        <translation>CSV exportieren</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>HistoryDialog</name>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Filter runs</source>
        <translation>Läufe filtern</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Past runs</source>
        <translation>Vergangene Läufe</translation>
    </message>
    <message>
        <source>Reading the history ...</source>
        <translation>Der Verlauf wird gelesen …</translation>
    </message>
    <message>
        <source>No run has &quot;%1&quot;</source>
        <translation>Kein Lauf enthält „%1“</translation>
    </message>
    <message>
        <source>Nothing was asked yet</source>
        <translation>Noch wurde nichts gefragt</translation>
    </message>
    <message>
        <source>Every run is kept here with its results when it ends.</source>
        <translation>Jeder Lauf wird hier mit seinen Ergebnissen aufbewahrt, wenn er endet.</translation>
    </message>
    <message>
        <source>Forget</source>
        <translation>Vergessen</translation>
    </message>
    <message>
        <source>Choose one run.</source>
        <translation>Wählen Sie einen Lauf.</translation>
    </message>
    <message>
        <source>Compare the two</source>
        <translation>Beide vergleichen</translation>
    </message>
    <message>
        <source>Compare with the one before</source>
        <translation>Mit dem davor vergleichen</translation>
    </message>
    <message>
        <source>Choose one run, or two to compare.</source>
        <translation>Wählen Sie einen Lauf, oder zwei zum Vergleichen.</translation>
    </message>
    <message>
        <source>There is no earlier run of the same question with results.</source>
        <translation>Es gibt keinen früheren Lauf derselben Frage mit Ergebnissen.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Forget this run</source>
        <translation>Diesen Lauf vergessen</translation>
    </message>
    <message>
        <source>The run and its results are removed from this computer. Saved queries stay.</source>
        <translation>Der Lauf und seine Ergebnisse werden von diesem Rechner entfernt. Gespeicherte Abfragen bleiben.</translation>
    </message>
    <message>
        <source>Its results are gone: only the question was kept.</source>
        <translation>Die Ergebnisse sind weg: Nur die Frage wurde behalten.</translation>
    </message>
    <message>
        <source>The run cannot be opened. %1</source>
        <translation>Der Lauf kann nicht geöffnet werden. %1</translation>
    </message>
</context>
<context>
    <name>Logo</name>
    <message>
        <source>Muster</source>
        <translation>Muster</translation>
    </message>
</context>
<context>
    <name>MTabs</name>
    <message>
        <source>Answers</source>
        <translation>Antworten</translation>
    </message>
</context>
<context>
    <name>Main</name>
    <message>
        <source>Muster - %1</source>
        <translation>Muster - %1</translation>
    </message>
    <message>
        <source>Muster</source>
        <translation>Muster</translation>
    </message>
    <message>
        <source>Back to the fleet</source>
        <translation>Zurück zur Flotte</translation>
    </message>
    <message>
        <source>Saved queries and past results</source>
        <translation>Gespeicherte Abfragen und vergangene Ergebnisse</translation>
    </message>
</context>
<context>
    <name>NavRail</name>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Geräte</translation>
    </message>
    <message>
        <source>Ctrl+1</source>
        <translation>Strg+1</translation>
    </message>
    <message>
        <source>Query</source>
        <translation>Abfrage</translation>
    </message>
    <message>
        <source>Ctrl+2</source>
        <translation>Strg+2</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>Verbindungen</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Reduce motion</source>
        <translation>Weniger Bewegung</translation>
    </message>
    <message>
        <source>Muster %1</source>
        <translation>Muster %1</translation>
    </message>
</context>
<context>
    <name>PickPopup</name>
    <message>
        <source>Enter takes it as typed</source>
        <translation>Eingabe übernimmt es wie getippt</translation>
    </message>
    <message>
        <source>Nothing matches</source>
        <translation>Nichts passt</translation>
    </message>
</context>
<context>
    <name>PreflightText</name>
    <message numerus="yes">
        <source>%Ln device(s) match</source>
        <translation>
            <numerusform>%Ln Gerät passt</numerusform>
            <numerusform>%Ln Geräte passen</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 online</source>
        <translation>%1 online</translation>
    </message>
    <message>
        <source>%1 offline</source>
        <translation>%1 offline</translation>
    </message>
    <message>
        <source>Counting ...</source>
        <translation>Zähle ...</translation>
    </message>
    <message numerus="yes">
        <source>device(s) match:</source>
        <translation>
            <numerusform>Gerät passt:</numerusform>
            <numerusform>Geräte passen:</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 online,</source>
        <translation>%1 online,</translation>
    </message>
</context>
<context>
    <name>QueryHeader</name>
    <message>
        <source>Live Query</source>
        <translation>Live-Abfrage</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>Nicht gespeichert</translation>
    </message>
    <message>
        <source>Saved query</source>
        <translation>Gespeicherte Abfrage</translation>
    </message>
    <message>
        <source>saving ...</source>
        <translation>wird gespeichert …</translation>
    </message>
    <message>
        <source>edited</source>
        <translation>geändert</translation>
    </message>
    <message>
        <source>shared</source>
        <translation>geteilt</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Ctrl H</source>
        <translation>Strg H</translation>
    </message>
    <message>
        <source>Save query</source>
        <translation>Abfrage speichern</translation>
    </message>
    <message>
        <source>Ctrl S</source>
        <translation>Strg S</translation>
    </message>
    <message>
        <source>Delete saved query</source>
        <translation>Gespeicherte Abfrage löschen</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is removed from the account, for everybody who uses this fleet. What is composed stays.</source>
        <translation>„%1“ wird aus dem Konto entfernt, für alle, die diese Flotte nutzen. Was verfasst ist, bleibt.</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is removed from this computer. What is composed stays.</source>
        <translation>„%1“ wird von diesem Rechner entfernt. Was verfasst ist, bleibt.</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Saved &quot;%1&quot;</source>
        <translation>„%1“ gespeichert</translation>
    </message>
    <message>
        <source>The saved queries could not be changed: %1</source>
        <translation>Die gespeicherten Abfragen konnten nicht geändert werden: %1</translation>
    </message>
    <message>
        <source>%1 (mine)</source>
        <translation>%1 (meine)</translation>
    </message>
    <message>
        <source>Somebody else changed this query meanwhile. Nothing was done; the list shows theirs.</source>
        <translation>Jemand anderes hat diese Abfrage inzwischen geändert. Nichts wurde getan; die Liste zeigt deren Fassung.</translation>
    </message>
</context>
<context>
    <name>QueryPage</name>
    <message>
        <source>Width of the panel beside the rows</source>
        <translation>Breite des Bereichs neben den Zeilen</translation>
    </message>
    <message>
        <source>answered</source>
        <translation>beantwortet</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>leer</translation>
    </message>
    <message>
        <source>error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>silent</source>
        <translation>stumm</translation>
    </message>
    <message>
        <source>offline</source>
        <translation>offline</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>ausstehend</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>elapsed</source>
        <translation>vergangen</translation>
    </message>
    <message>
        <source>replies/s</source>
        <translation>Antworten/s</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Ergebnisse</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Silent</source>
        <translation>Stumm</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>Offline</translation>
    </message>
    <message>
        <source>Timing</source>
        <translation>Zeiten</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
    <message>
        <source>Cancel export, %1 %</source>
        <translation>Export abbrechen, %1 %</translation>
    </message>
    <message>
        <source>Export CSV</source>
        <translation>CSV exportieren</translation>
    </message>
    <message>
        <source>There is nothing to export before the first run</source>
        <translation>Vor der ersten Abfrage gibt es nichts zu exportieren</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>Noch einmal fragen</translation>
    </message>
    <message>
        <source>Ask the silent again</source>
        <translation>Die stummen noch einmal fragen</translation>
    </message>
    <message>
        <source>No device was silent</source>
        <translation>Kein Gerät war stumm</translation>
    </message>
    <message>
        <source>Nothing asked yet</source>
        <translation>Noch nichts gefragt</translation>
    </message>
    <message>
        <source>No row has &quot;%1&quot;</source>
        <translation>Keine Zeile enthält „%1“</translation>
    </message>
    <message>
        <source>No device answered with an error</source>
        <translation>Kein Gerät antwortete mit einem Fehler</translation>
    </message>
    <message>
        <source>No device was offline</source>
        <translation>Kein Gerät war offline</translation>
    </message>
    <message>
        <source>No device answered with a match</source>
        <translation>Kein Gerät antwortete mit einem Treffer</translation>
    </message>
    <message>
        <source>Clear the filter</source>
        <translation>Filter leeren</translation>
    </message>
    <message>
        <source>Empty</source>
        <translation>Leer</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Ausstehend</translation>
    </message>
    <message>
        <source>No device answered without a match</source>
        <translation>Kein Gerät hat ohne Treffer geantwortet</translation>
    </message>
    <message>
        <source>%1 devices have not answered yet</source>
        <translation>%1 Geräte haben noch nicht geantwortet</translation>
    </message>
    <message>
        <source>No device is waited for</source>
        <translation>Auf kein Gerät wird gewartet</translation>
    </message>
    <message>
        <source>Each is listed with its outcome as soon as that is known.</source>
        <translation>Jedes erscheint mit seinem Ergebnis, sobald es feststeht.</translation>
    </message>
    <message>
        <source>Load theirs</source>
        <translation>Fremde Fassung laden</translation>
    </message>
    <message>
        <source>Save mine as a new one</source>
        <translation>Meine als neue speichern</translation>
    </message>
    <message>
        <source>Leave it</source>
        <translation>So lassen</translation>
    </message>
    <message>
        <source>Past results, not live: asked on %1, of %2: %3</source>
        <translation>Vergangene Ergebnisse, nicht live: gefragt am %1, Flotte %2: %3</translation>
    </message>
    <message>
        <source>Back to live</source>
        <translation>Zurück zu live</translation>
    </message>
    <message>
        <source>Changed only</source>
        <translation>Nur Geändertes</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>What changed since the run before of the same question</source>
        <translation>Was sich seit dem Lauf davor derselben Frage geändert hat</translation>
    </message>
    <message>
        <source>Compare with the run before</source>
        <translation>Mit dem Lauf davor vergleichen</translation>
    </message>
    <message>
        <source>There is no earlier run of the same question.</source>
        <translation>Es gibt keinen früheren Lauf derselben Frage.</translation>
    </message>
    <message>
        <source>Past results</source>
        <translation>Vergangene Ergebnisse</translation>
    </message>
    <message>
        <source>No answer was without a match</source>
        <translation>Keine Antwort war ohne Treffer</translation>
    </message>
    <message>
        <source>No answer was an error</source>
        <translation>Keine Antwort war ein Fehler</translation>
    </message>
    <message>
        <source>Nobody was silent</source>
        <translation>Niemand blieb stumm</translation>
    </message>
    <message>
        <source>No row changed in this round</source>
        <translation>Keine Zeile hat sich in dieser Runde geändert</translation>
    </message>
    <message>
        <source>No answer matched</source>
        <translation>Keine Antwort passte</translation>
    </message>
    <message>
        <source>No answer came</source>
        <translation>Keine Antwort kam</translation>
    </message>
    <message>
        <source>The line above says what will be sent. Run asks, and the answers appear here as they come.</source>
        <translation>Die Zeile darüber sagt, was gesendet wird. „Ausführen“ fragt, und die Antworten erscheinen hier, wie sie kommen.</translation>
    </message>
    <message>
        <source>What you had composed is put aside: %1</source>
        <translation>Was Sie zusammengestellt hatten, liegt beiseite: %1</translation>
    </message>
    <message>
        <source>Take it back</source>
        <translation>Zurückholen</translation>
    </message>
    <message>
        <source>Drop it</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Late</source>
        <translation>Verspätet</translation>
    </message>
    <message>
        <source>Unexpected</source>
        <translation>Unerwartet</translation>
    </message>
    <message>
        <source>All</source>
        <comment>answers and silences</comment>
        <translation>Alle</translation>
    </message>
    <message>
        <source>No answer came late</source>
        <translation>Keine Antwort kam verspätet</translation>
    </message>
    <message>
        <source>No device answered that was not asked</source>
        <translation>Kein Gerät antwortete, das nicht gefragt war</translation>
    </message>
    <message>
        <source>No more answers came than were expected</source>
        <translation>Es kamen nicht mehr Antworten als erwartet</translation>
    </message>
    <message>
        <source>No device is on the roster</source>
        <translation>Kein Gerät wurde aufgerufen</translation>
    </message>
    <message>
        <source>Nobody is on the roster</source>
        <translation>Niemand wurde aufgerufen</translation>
    </message>
    <message>
        <source>Answers that could not be read</source>
        <translation>Antworten, die nicht gelesen werden konnten</translation>
    </message>
    <message>
        <source>Every answer to this question could be read.</source>
        <translation>Jede Antwort auf diese Frage konnte gelesen werden.</translation>
    </message>
    <message>
        <source>The past runs could not be changed: %1</source>
        <translation>Die vergangenen Läufe konnten nicht geändert werden: %1</translation>
    </message>
    <message>
        <source>The past run could not be opened: %1</source>
        <translation>Der vergangene Lauf konnte nicht geöffnet werden: %1</translation>
    </message>
    <message>
        <source>It was removed.</source>
        <translation>Sie wurde entfernt.</translation>
    </message>
</context>
<context>
    <name>QuickFilter</name>
    <message>
        <source>Filter rows</source>
        <translation>Zeilen filtern</translation>
    </message>
    <message>
        <source>No row matches</source>
        <translation>Keine Zeile passt</translation>
    </message>
</context>
<context>
    <name>RejectedDialog</name>
    <message>
        <source>Rejected messages</source>
        <translation>Abgewiesene Nachrichten</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Nothing was rejected</source>
        <translation>Nichts wurde abgewiesen</translation>
    </message>
    <message>
        <source>Every message since the connection could be read.</source>
        <translation>Jede Nachricht seit der Verbindung konnte gelesen werden.</translation>
    </message>
</context>
<context>
    <name>RenameQueryDialog</name>
    <message>
        <source>Rename query</source>
        <translation>Abfrage umbenennen</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>A name has at most 80 characters.</source>
        <translation>Ein Name hat höchstens 80 Zeichen.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Say under which name.</source>
        <translation>Geben Sie einen Namen an.</translation>
    </message>
</context>
<context>
    <name>ResponsePanel</name>
    <message>
        <source>Response time</source>
        <translation>Antwortzeit</translation>
    </message>
    <message>
        <source>%1 replies</source>
        <translation>%1 Antworten</translation>
    </message>
    <message>
        <source>Response time, %1 replies</source>
        <translation>Antwortzeit, %1 Antworten</translation>
    </message>
    <message>
        <source>%1 replies in %2 to %3 ms</source>
        <translation>%1 Antworten in %2 bis %3 ms</translation>
    </message>
    <message>
        <source>Answered by %1</source>
        <translation>Beantwortet nach %1</translation>
    </message>
    <message>
        <source>%1: %2 of %3 answered</source>
        <translation>%1: %2 von %3 beantwortet</translation>
    </message>
    <message>
        <source>Not counted in results</source>
        <translation>Nicht in den Ergebnissen gezählt</translation>
    </message>
    <message>
        <source>%1 answered, nothing matched</source>
        <translation>%1 geantwortet, ohne Treffer</translation>
    </message>
    <message>
        <source>%1 answered with an error</source>
        <translation>%1 mit einem Fehler geantwortet</translation>
    </message>
    <message>
        <source>%1 gave no reply in %2 s</source>
        <translation>%1 ohne Antwort in %2 s</translation>
    </message>
    <message>
        <source>%1 still working</source>
        <translation>%1 noch ausstehend</translation>
    </message>
    <message>
        <source>%1 not asked</source>
        <translation>%1 nicht gefragt</translation>
    </message>
    <message>
        <source>%1 came late, and are counted</source>
        <translation>%1 kamen spät und sind gezählt</translation>
    </message>
    <message>
        <source>%1 from devices that were not asked</source>
        <translation>%1 von Geräten, die nicht gefragt waren</translation>
    </message>
    <message>
        <source>%1 could not be read</source>
        <translation>%1 waren nicht lesbar</translation>
    </message>
    <message>
        <source>%1 beyond those expected</source>
        <translation>%1 über die erwarteten hinaus</translation>
    </message>
    <message numerus="yes">
        <source>and %Ln more</source>
        <comment>groups</comment>
        <translation>
            <numerusform>und %Ln weitere</numerusform>
            <numerusform>und %Ln weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
</context>
<context>
    <name>RollCallBar</name>
    <message>
        <source>Roll-call</source>
        <translation>Appell</translation>
    </message>
</context>
<context>
    <name>SaveQueryDialog</name>
    <message>
        <source>A name has at most 80 characters.</source>
        <translation>Ein Name hat höchstens 80 Zeichen.</translation>
    </message>
    <message>
        <source>Save query</source>
        <translation>Abfrage speichern</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>Auf diesem Rechner</translation>
    </message>
    <message>
        <source>In the account, for everybody who uses this fleet</source>
        <translation>Im Konto, für alle, die diese Flotte nutzen</translation>
    </message>
    <message>
        <source>Replaces the query that has this name there.</source>
        <translation>Ersetzt die Abfrage, die dort diesen Namen hat.</translation>
    </message>
    <message>
        <source>Replaces the query of this name for everybody. Give it another name to keep both.</source>
        <translation>Ersetzt die Abfrage dieses Namens für alle. Mit einem anderen Namen bleiben beide.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Say under which name.</source>
        <translation>Geben Sie einen Namen an.</translation>
    </message>
</context>
<context>
    <name>SavedQueries</name>
    <message>
        <source>Find a saved query</source>
        <translation>Gespeicherte Abfrage suchen</translation>
    </message>
    <message>
        <source>No query was saved yet. Save query keeps what is composed.</source>
        <translation>Noch ist keine Abfrage gespeichert. „Abfrage speichern“ bewahrt, was verfasst ist.</translation>
    </message>
    <message>
        <source>Nothing matches</source>
        <translation>Nichts passt</translation>
    </message>
    <message>
        <source>account</source>
        <translation>Konto</translation>
    </message>
    <message>
        <source>account, by %1</source>
        <translation>Konto, von %1</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>dieser Rechner</translation>
    </message>
    <message>
        <source>as of %1</source>
        <translation>Stand %1</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message numerus="yes">
        <source>%Ln shared entry(s) cannot be read by this version</source>
        <translation>
            <numerusform>%Ln geteilter Eintrag ist für diese Version nicht lesbar</numerusform>
            <numerusform>%Ln geteilte Einträge sind für diese Version nicht lesbar</numerusform>
        </translation>
    </message>
    <message>
        <source>New query</source>
        <translation>Neue Abfrage</translation>
    </message>
    <message>
        <source>Enter loads, F2 renames, Delete removes</source>
        <translation>Enter lädt, F2 benennt um, Entf löscht</translation>
    </message>
</context>
<context>
    <name>SortNote</name>
    <message>
        <source>Sorted by %1, which is hidden</source>
        <translation>Sortiert nach %1 (ausgeblendet)</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>Connected</source>
        <translation>Verbunden</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>Nicht verbunden</translation>
    </message>
    <message>
        <source>Presence %1 of %2 online</source>
        <translation>Anwesenheit: %1 von %2 online</translation>
    </message>
    <message>
        <source>Presence</source>
        <translation>Anwesenheit</translation>
    </message>
    <message>
        <source>of</source>
        <translation>von</translation>
    </message>
    <message>
        <source>online</source>
        <translation>online</translation>
    </message>
    <message>
        <source>In</source>
        <translation>Ein</translation>
    </message>
    <message>
        <source>%1 msg/s</source>
        <translation>%1 Nachr./s</translation>
    </message>
    <message>
        <source>%1 rejected</source>
        <translation>%1 abgewiesen</translation>
    </message>
    <message>
        <source>%1 dropped</source>
        <translation>%1 verworfen</translation>
    </message>
    <message>
        <source>No data yet</source>
        <translation>Noch keine Daten</translation>
    </message>
    <message>
        <source>Data is %1 old</source>
        <translation>Daten sind %1 alt</translation>
    </message>
    <message>
        <source>JetStream unknown</source>
        <translation>JetStream unbekannt</translation>
    </message>
    <message>
        <source>Presence of %1 unknown</source>
        <translation>Anwesenheit von %1 unbekannt</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
</context>
<context>
    <name>TableHeader</name>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
    <message>
        <source>Ascending</source>
        <translation>Aufsteigend</translation>
    </message>
    <message>
        <source>Descending</source>
        <translation>Absteigend</translation>
    </message>
    <message>
        <source>Not sorted</source>
        <translation>Nicht sortiert</translation>
    </message>
    <message>
        <source>%1, sort key %2</source>
        <translation>%1, Sortierschlüssel %2</translation>
    </message>
</context>
<context>
    <name>TestResult</name>
    <message>
        <source>passed</source>
        <translation>bestanden</translation>
    </message>
    <message>
        <source>limited</source>
        <translation>eingeschränkt</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>übersprungen</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>ausstehend</translation>
    </message>
    <message>
        <source>Last test</source>
        <translation>Letzter Test</translation>
    </message>
    <message>
        <source>none; it says which step fails and what to do</source>
        <translation>keiner; er sagt, welcher Schritt scheitert und was zu tun ist</translation>
    </message>
    <message>
        <source>Prepare the account</source>
        <translation>Konto vorbereiten</translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>%1 more</source>
        <translation>%1 weitere</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>Find a device, run a command, open a page</source>
        <translation>Gerät suchen, Befehl ausführen, Seite öffnen</translation>
    </message>
    <message>
        <source>Ctrl K</source>
        <translation>Strg K</translation>
    </message>
</context>
<context>
    <name>WatchSelect</name>
    <message>
        <source>Watch</source>
        <translation>Beobachten</translation>
    </message>
    <message>
        <source>Other ...</source>
        <translation>Andere …</translation>
    </message>
    <message>
        <source>Ask once</source>
        <translation>Einmal fragen</translation>
    </message>
    <message>
        <source>Every %1 s</source>
        <translation>Alle %1 s</translation>
    </message>
    <message>
        <source>Seconds between two rounds, 1 to 86400</source>
        <translation>Sekunden zwischen zwei Runden, 1 bis 86400</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>Übernehmen</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation>%1 h</translation>
    </message>
    <message>
        <source>%1 d</source>
        <translation>%1 T</translation>
    </message>
    <message>
        <source>Online</source>
        <translation>Online</translation>
    </message>
    <message>
        <source>Late</source>
        <translation>Verspätet</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>Offline</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>Nie</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>Unbekannt</translation>
    </message>
    <message>
        <source>today %1</source>
        <translation>heute %1</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>gestern</translation>
    </message>
    <message>
        <source>Answered</source>
        <translation>Beantwortet</translation>
    </message>
    <message>
        <source>Empty</source>
        <translation>Leer</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Silent</source>
        <translation>Stumm</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Ausstehend</translation>
    </message>
    <message>
        <source>Unexpected</source>
        <translation>Unerwartet</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
</context>
<context>
    <name>main</name>
    <message>
        <source>The roll-call for device fleets.</source>
        <translation>Der Appell für Geräteflotten.</translation>
    </message>
    <message>
        <source>Start on an embedded demo fleet.</source>
        <translation>Auf einer eingebauten Demoflotte starten.</translation>
    </message>
    <message>
        <source>Connect to the saved connection &lt;name&gt;.</source>
        <translation>Mit der gespeicherten Verbindung &lt;name&gt; verbinden.</translation>
    </message>
    <message>
        <source>Connect to the server at &lt;url&gt;.</source>
        <translation>Mit dem Server unter &lt;url&gt; verbinden.</translation>
    </message>
    <message>
        <source>dark, light or system; for this run.</source>
        <translation>dark, light oder system; für diesen Lauf.</translation>
    </message>
    <message>
        <source>Open on the page devices or query.</source>
        <translation>Auf der Seite devices oder query öffnen.</translation>
    </message>
    <message>
        <source>After --demo: how many devices the fleet has, 200 unless said.</source>
        <translation>Nach --demo: wie viele Geräte die Flotte hat, sonst 200.</translation>
    </message>
</context>
<context>
    <name>muster::CellText</name>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1m %2s</source>
        <comment>minutes and seconds</comment>
        <translation>%1m %2s</translation>
    </message>
    <message>
        <source>%1h %2m</source>
        <comment>hours and minutes</comment>
        <translation>%1h %2m</translation>
    </message>
    <message>
        <source>%1d %2h</source>
        <comment>days and hours</comment>
        <translation>%1T %2h</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation>%1 h</translation>
    </message>
    <message>
        <source>%1 d</source>
        <comment>days</comment>
        <translation>%1 T</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>never</source>
        <translation>nie</translation>
    </message>
    <message>
        <source>online</source>
        <translation>online</translation>
    </message>
    <message>
        <source>late</source>
        <translation>verspätet</translation>
    </message>
    <message>
        <source>offline</source>
        <translation>offline</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>answered</source>
        <translation>beantwortet</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>leer</translation>
    </message>
    <message>
        <source>error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>silent</source>
        <translation>stumm</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>ausstehend</translation>
    </message>
    <message>
        <source>%1 UTC
%2 local</source>
        <translation>%1 UTC
%2 Ortszeit</translation>
    </message>
    <message>
        <source>%1 bytes</source>
        <translation>%1 Bytes</translation>
    </message>
    <message>
        <source>%1 seconds</source>
        <translation>%1 Sekunden</translation>
    </message>
    <message>
        <source>unexpected</source>
        <translation>unerwartet</translation>
    </message>
</context>
<context>
    <name>muster::ConnectionController</name>
    <message>
        <source>User JWT for %1, valid until %2</source>
        <translation>Benutzer-JWT für %1, gültig bis %2</translation>
    </message>
    <message>
        <source>User JWT for %1, without an end</source>
        <translation>Benutzer-JWT für %1, unbefristet</translation>
    </message>
    <message>
        <source>This build of Muster cannot do: %1.</source>
        <translation>Diese Fassung von Muster kann nicht: %1.</translation>
    </message>
    <message>
        <source>JetStream ok</source>
        <translation>JetStream in Ordnung</translation>
    </message>
    <message>
        <source>no JetStream</source>
        <translation>kein JetStream</translation>
    </message>
    <message>
        <source>The server is out of reach.</source>
        <translation>Der Server ist nicht erreichbar.</translation>
    </message>
    <message>
        <source>The demo fleet&apos;s nats-server has ended.</source>
        <translation>Der nats-server der Demoflotte ist beendet.</translation>
    </message>
    <message>
        <source>Fleet streams</source>
        <translation>Streams der Flotte</translation>
    </message>
    <message>
        <source>There is no saved connection named %1.</source>
        <translation>Eine gespeicherte Verbindung namens %1 gibt es nicht.</translation>
    </message>
    <message>
        <source>Starting the demo fleet</source>
        <translation>Die Demoflotte startet</translation>
    </message>
    <message>
        <source>Demo fleet</source>
        <translation>Demoflotte</translation>
    </message>
    <message>
        <source>Starting nats-server again</source>
        <translation>nats-server wird wieder gestartet</translation>
    </message>
    <message>
        <source>JetStream does not answer</source>
        <translation>JetStream antwortet nicht</translation>
    </message>
</context>
<context>
    <name>muster::ErrorText</name>
    <message>
        <source>There is no connection to the server.</source>
        <translation>Es besteht keine Verbindung zum Server.</translation>
    </message>
    <message>
        <source>The server cannot be reached.</source>
        <translation>Der Server ist nicht zu erreichen.</translation>
    </message>
    <message>
        <source>The server did not answer in time.</source>
        <translation>Der Server hat nicht rechtzeitig geantwortet.</translation>
    </message>
    <message>
        <source>Nobody listens there.</source>
        <translation>Dort hört niemand zu.</translation>
    </message>
    <message>
        <source>This user may not do that.</source>
        <translation>Dieser Benutzer darf das nicht.</translation>
    </message>
    <message>
        <source>The server refuses this user.</source>
        <translation>Der Server weist diesen Benutzer ab.</translation>
    </message>
    <message>
        <source>The encrypted connection cannot be made.</source>
        <translation>Die verschlüsselte Verbindung kommt nicht zustande.</translation>
    </message>
    <message>
        <source>That is more than the server takes.</source>
        <translation>Das ist mehr, als der Server annimmt.</translation>
    </message>
    <message>
        <source>That cannot be a subject.</source>
        <translation>Das kann kein Subject sein.</translation>
    </message>
    <message>
        <source>The server reported an error.</source>
        <translation>Der Server hat einen Fehler gemeldet.</translation>
    </message>
    <message>
        <source>That cannot be a key.</source>
        <translation>Das kann kein Schlüssel sein.</translation>
    </message>
    <message>
        <source>Somebody else changed it meanwhile.</source>
        <translation>Jemand anderes hat es inzwischen geändert.</translation>
    </message>
    <message>
        <source>It is not there any more.</source>
        <translation>Es ist nicht mehr da.</translation>
    </message>
    <message>
        <source>No device is in this scope and matches what is known of it.</source>
        <translation>Kein Gerät liegt in diesem Umfang und passt nach dem, was bekannt ist.</translation>
    </message>
    <message>
        <source>This deadline is out of range.</source>
        <translation>Diese Frist liegt außerhalb der Grenzen.</translation>
    </message>
    <message>
        <source>The query is still under way.</source>
        <translation>Die Abfrage läuft noch.</translation>
    </message>
    <message>
        <source>This subject cannot be asked on.</source>
        <translation>Auf diesem Subject kann nicht gefragt werden.</translation>
    </message>
    <message>
        <source>That cannot be the name of a service.</source>
        <translation>So kann kein Dienst heißen.</translation>
    </message>
    <message>
        <source>That cannot be a site.</source>
        <translation>Das kann kein Standort sein.</translation>
    </message>
    <message>
        <source>That cannot be a group.</source>
        <translation>Das kann keine Gruppe sein.</translation>
    </message>
    <message>
        <source>That cannot be a device.</source>
        <translation>Das kann kein Gerät sein.</translation>
    </message>
    <message>
        <source>That many replies cannot be expected.</source>
        <translation>So viele Antworten können nicht erwartet werden.</translation>
    </message>
    <message>
        <source>This gap is out of range.</source>
        <translation>Diese Pause liegt außerhalb der Grenzen.</translation>
    </message>
    <message>
        <source>A subject does not tell who is silent.</source>
        <translation>Ein Subject sagt nicht, wer stumm ist.</translation>
    </message>
    <message>
        <source>A saved query cannot have this name.</source>
        <translation>So kann eine gespeicherte Abfrage nicht heißen.</translation>
    </message>
    <message>
        <source>No saved query has this name.</source>
        <translation>Keine gespeicherte Abfrage heißt so.</translation>
    </message>
    <message>
        <source>The saved question cannot be read.</source>
        <translation>Die gespeicherte Frage kann nicht gelesen werden.</translation>
    </message>
    <message>
        <source>The account is not prepared for shared queries.</source>
        <translation>Das Konto ist nicht für geteilte Abfragen vorbereitet.</translation>
    </message>
    <message>
        <source>The query is too large to be shared.</source>
        <translation>Die Abfrage ist zu groß, um geteilt zu werden.</translation>
    </message>
    <message>
        <source>The filter is not complete.</source>
        <translation>Der Filter ist nicht vollständig.</translation>
    </message>
    <message>
        <source>The filter cannot be read.</source>
        <translation>Der Filter kann nicht gelesen werden.</translation>
    </message>
    <message>
        <source>The run is not in the history.</source>
        <translation>Der Lauf ist nicht im Verlauf.</translation>
    </message>
    <message>
        <source>The results of this run are gone: only its question was kept.</source>
        <translation>Die Ergebnisse dieses Laufs sind weg: Nur seine Frage wurde behalten.</translation>
    </message>
    <message>
        <source>The results of this run are damaged.</source>
        <translation>Die Ergebnisse dieses Laufs sind beschädigt.</translation>
    </message>
    <message>
        <source>The file of queries and runs is in use by another program.</source>
        <translation>Die Datei der Abfragen und Läufe wird von einem anderen Programm benutzt.</translation>
    </message>
    <message>
        <source>The disk that holds the file of queries and runs is full.</source>
        <translation>Der Datenträger mit der Datei der Abfragen und Läufe ist voll.</translation>
    </message>
    <message>
        <source>The file of queries and runs was damaged.</source>
        <translation>Die Datei der Abfragen und Läufe war beschädigt.</translation>
    </message>
    <message>
        <source>The file of queries and runs cannot be opened for writing.</source>
        <translation>Die Datei der Abfragen und Läufe kann nicht zum Schreiben geöffnet werden.</translation>
    </message>
    <message>
        <source>The file of queries and runs is one of another program.</source>
        <translation>Die Datei der Abfragen und Läufe gehört einem anderen Programm.</translation>
    </message>
    <message>
        <source>The file of queries and runs was written by a later Muster.</source>
        <translation>Die Datei der Abfragen und Läufe stammt von einem neueren Muster.</translation>
    </message>
    <message>
        <source>The file of queries and runs could not be read or written.</source>
        <translation>Die Datei der Abfragen und Läufe konnte nicht gelesen oder geschrieben werden.</translation>
    </message>
    <message>
        <source>The connection was lost: answers sent meanwhile did not arrive, so those who count as silent may have answered. Ask the silent again.</source>
        <translation>Die Verbindung brach ab: Antworten aus dieser Zeit kamen nicht an. Wer als stumm gilt, kann geantwortet haben. Fragen Sie die stummen noch einmal.</translation>
    </message>
    <message>
        <source>The connection was lost: answers sent meanwhile do not arrive.</source>
        <translation>Die Verbindung brach ab: Antworten aus dieser Zeit kommen nicht an.</translation>
    </message>
    <message>
        <source>Nobody listens for this question. Check what it is put to, that the other side runs, and the account of this connection.</source>
        <translation>Niemand hört auf diese Frage. Prüfen Sie, an wen sie geht, ob die andere Seite läuft, und das Konto dieser Verbindung.</translation>
    </message>
    <message>
        <source>Devices are online but do not listen for queries. Check their permissions and their firmware.</source>
        <translation>Geräte sind online, hören aber nicht auf Abfragen. Prüfen Sie ihre Rechte und ihre Firmware.</translation>
    </message>
    <message>
        <source>No answer came in time. Who was asked may not answer, or need more time.</source>
        <translation>Keine Antwort kam rechtzeitig. Wer gefragt wurde, antwortet vielleicht nicht oder braucht mehr Zeit.</translation>
    </message>
    <message>
        <source>More answered than can be shown. Ask one service.</source>
        <translation>Mehr haben geantwortet, als gezeigt werden können. Fragen Sie einen einzelnen Dienst.</translation>
    </message>
    <message>
        <source>More replies came than are kept: the others are only counted.</source>
        <translation>Mehr Antworten kamen, als behalten werden: Die übrigen werden nur gezählt.</translation>
    </message>
    <message>
        <source>Not all of those who are silent were asked.</source>
        <translation>Nicht alle, die stumm blieben, wurden gefragt.</translation>
    </message>
    <message>
        <source>This user may not ask, or may not hear what is answered.</source>
        <translation>Dieser Benutzer darf nicht fragen oder die Antworten nicht hören.</translation>
    </message>
</context>
<context>
    <name>muster::FleetController</name>
    <message>
        <source>Presence</source>
        <translation>Anwesenheit</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Site</source>
        <translation>Standort</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Gruppe</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>Region</translation>
    </message>
    <message>
        <source>Last seen</source>
        <translation>Gesehen</translation>
    </message>
</context>
<context>
    <name>muster::Preflight</name>
    <message>
        <source>Nobody of these is online: they are listed, and nobody is asked.</source>
        <translation>Keines davon ist online: sie werden aufgeführt, und keines wird gefragt.</translation>
    </message>
    <message numerus="yes">
        <source>at most %n replies</source>
        <translation>
            <numerusform>höchstens %n Antwort</numerusform>
            <numerusform>höchstens %n Antworten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n late or unknown are asked as well.</source>
        <translation>
            <numerusform>%n verspätetes oder unbekanntes wird mitgefragt.</numerusform>
            <numerusform>%n verspätete oder unbekannte werden mitgefragt.</numerusform>
        </translation>
    </message>
    <message>
        <source>One request, %1.</source>
        <translation>Eine Anfrage, %1.</translation>
    </message>
    <message>
        <source>%1 requests, %2.</source>
        <translation>%1 Anfragen, %2.</translation>
    </message>
    <message>
        <source>Offline devices are listed, not asked.</source>
        <translation>Geräte, die offline sind, werden aufgeführt, nicht gefragt.</translation>
    </message>
    <message>
        <source>One request each on %1, %2 and %3.</source>
        <translation>Je eine Anfrage auf %1, %2 und %3.</translation>
    </message>
    <message>
        <source>Ends when no other service answers, or after %1 s.</source>
        <translation>Endet, wenn kein weiterer Dienst antwortet, oder nach %1 s.</translation>
    </message>
    <message numerus="yes">
        <source>after %n replies</source>
        <translation>
            <numerusform>nach %n Antwort</numerusform>
            <numerusform>nach %n Antworten</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 ms after the latest reply</source>
        <translation>%1 ms nach der letzten Antwort</translation>
    </message>
    <message>
        <source>after %1 s</source>
        <translation>nach %1 s</translation>
    </message>
    <message numerus="yes">
        <source>One request of %n bytes on %1.</source>
        <translation>
            <numerusform>Eine Anfrage von %n Byte auf %1.</numerusform>
            <numerusform>Eine Anfrage von %n Bytes auf %1.</numerusform>
        </translation>
    </message>
    <message>
        <source>One empty request on %1.</source>
        <translation>Eine leere Anfrage auf %1.</translation>
    </message>
    <message>
        <source>Ends %1.</source>
        <translation>Endet %1.</translation>
    </message>
    <message>
        <source> or </source>
        <comment>between ways in which a query ends</comment>
        <translation> oder </translation>
    </message>
    <message>
        <source>Careful: commands go there, and a device may do what it says.</source>
        <translation>Vorsicht: dorthin gehen Befehle, und ein Gerät führt sie womöglich aus.</translation>
    </message>
    <message>
        <source>The name of a service has letters, digits, - and _ alone.</source>
        <translation>Der Name eines Dienstes besteht nur aus Buchstaben, Ziffern, - und _.</translation>
    </message>
    <message>
        <source>Say on which subject to ask.</source>
        <translation>Geben Sie an, auf welchem Subject gefragt wird.</translation>
    </message>
    <message>
        <source>A subject has no blanks.</source>
        <translation>Ein Subject hat keine Leerzeichen.</translation>
    </message>
    <message>
        <source>A subject has no empty part between its dots.</source>
        <translation>Ein Subject hat keinen leeren Teil zwischen seinen Punkten.</translation>
    </message>
    <message>
        <source>A question goes to one subject: it has no wildcards.</source>
        <translation>Eine Frage geht an ein Subject: ohne Platzhalter.</translation>
    </message>
</context>
<context>
    <name>muster::QueryComparison</name>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Nachher</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>Feld</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>Unterschied</translation>
    </message>
    <message>
        <source>The results of the run of %1 are gone: only its question was kept.</source>
        <translation>Die Ergebnisse des Laufs vom %1 sind weg: Nur seine Frage wurde behalten.</translation>
    </message>
</context>
<context>
    <name>muster::QueryComposer</name>
    <message>
        <source>field</source>
        <translation>Feld</translation>
    </message>
    <message>
        <source>operator</source>
        <translation>Operator</translation>
    </message>
    <message>
        <source>keyword</source>
        <translation>Schlüsselwort</translation>
    </message>
    <message>
        <source>value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>The filter is not complete: %1</source>
        <translation>Der Filter ist nicht vollständig: %1</translation>
    </message>
    <message>
        <source>No device is in this scope and matches what is known of it.</source>
        <translation>Kein Gerät liegt in diesem Umfang und passt nach dem, was bekannt ist.</translation>
    </message>
    <message>
        <source>All devices</source>
        <translation>Alle Geräte</translation>
    </message>
    <message>
        <source>Selection</source>
        <translation>Auswahl</translation>
    </message>
    <message>
        <source>The filter is wrong: %1</source>
        <translation>Der Filter ist falsch: %1</translation>
    </message>
    <message>
        <source>No device has reported &quot;%1&quot; yet.</source>
        <translation>Noch kein Gerät hat &quot;%1&quot; gemeldet.</translation>
    </message>
    <message>
        <source>No device has reported &quot;%1&quot; yet; did you mean &quot;%2&quot;?</source>
        <translation>Noch kein Gerät hat &quot;%1&quot; gemeldet; ist &quot;%2&quot; gemeint?</translation>
    </message>
    <message>
        <source>%1 The devices are asked all the same.</source>
        <translation>%1 Die Geräte werden trotzdem gefragt.</translation>
    </message>
</context>
<context>
    <name>muster::QueryController</name>
    <message>
        <source>The question could not be asked: %1</source>
        <translation>Die Frage konnte nicht gestellt werden: %1</translation>
    </message>
    <message>
        <source>A query is under way.</source>
        <translation>Eine Abfrage läuft.</translation>
    </message>
    <message>
        <source>There is no connection. Connect to a fleet first.</source>
        <translation>Es besteht keine Verbindung. Verbinden Sie sich zuerst mit einer Flotte.</translation>
    </message>
    <message>
        <source>The link is down: nobody can be asked until it is back.</source>
        <translation>Die Verbindung ist unterbrochen: bis sie zurück ist, kann niemand gefragt werden.</translation>
    </message>
    <message>
        <source>The fleet is still being read.</source>
        <translation>Die Flotte wird noch gelesen.</translation>
    </message>
    <message>
        <source>This connection is read only: what a subject of your choice would do is not known.</source>
        <translation>Diese Verbindung darf nur lesen: was ein Subject Ihrer Wahl bewirkt, ist nicht bekannt.</translation>
    </message>
    <message>
        <source>Nobody was silent.</source>
        <translation>Niemand blieb stumm.</translation>
    </message>
    <message>
        <source>A subject does not tell who is silent. Run the question again.</source>
        <translation>Ein Subject sagt nicht, wer stumm ist. Stellen Sie die Frage noch einmal.</translation>
    </message>
    <message>
        <source>They were asked over a connection that is closed. Run the question again.</source>
        <translation>Sie wurden über eine Verbindung gefragt, die geschlossen ist. Stellen Sie die Frage noch einmal.</translation>
    </message>
</context>
<context>
    <name>muster::QueryDocument</name>
    <message>
        <source>Somebody removed this query meanwhile. Nothing was saved.</source>
        <translation>Jemand hat diese Abfrage inzwischen entfernt. Es wurde nichts gespeichert.</translation>
    </message>
    <message>
        <source>This query was changed elsewhere on %1. Nothing was overwritten.</source>
        <translation>Diese Abfrage wurde am %1 anderswo geändert. Es wurde nichts überschrieben.</translation>
    </message>
    <message>
        <source>%1 changed this query on %2. Nothing was overwritten.</source>
        <translation>%1 hat diese Abfrage am %2 geändert. Es wurde nichts überschrieben.</translation>
    </message>
</context>
<context>
    <name>muster::QueryHistory</name>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Asked</source>
        <translation>Gefragt</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <source>Fleet</source>
        <translation>Flotte</translation>
    </message>
    <message>
        <source>Roster</source>
        <translation>Aufgerufen</translation>
    </message>
    <message>
        <source>Answered</source>
        <translation>Beantwortet</translation>
    </message>
    <message>
        <source>Empty</source>
        <translation>Leer</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Silent</source>
        <translation>Stumm</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>Offline</translation>
    </message>
    <message>
        <source>Unexpected</source>
        <translation>Unerwartet</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Seconds</source>
        <translation>Sekunden</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Ergebnisse</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>vorhanden</translation>
    </message>
    <message>
        <source>gone</source>
        <translation>weg</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Anmerkung</translation>
    </message>
    <message>
        <source>round %1 of a watch</source>
        <translation>Runde %1 einer Beobachtung</translation>
    </message>
    <message>
        <source>of a watch</source>
        <translation>aus einer Beobachtung</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
</context>
<context>
    <name>muster::QueryLibrary</name>
    <message>
        <source>site %1</source>
        <translation>Standort %1</translation>
    </message>
    <message>
        <source>group %1</source>
        <translation>Gruppe %1</translation>
    </message>
    <message numerus="yes">
        <source>%n device(s)</source>
        <translation>
            <numerusform>%n Gerät</numerusform>
            <numerusform>%n Geräte</numerusform>
        </translation>
    </message>
    <message>
        <source>all devices</source>
        <translation>alle Geräte</translation>
    </message>
    <message>
        <source>all services</source>
        <translation>alle Dienste</translation>
    </message>
    <message>
        <source>service %1</source>
        <translation>Dienst %1</translation>
    </message>
    <message>
        <source>Connect to a NATS system to share queries with colleagues.</source>
        <translation>Verbinden Sie sich mit einem NATS-System, um Abfragen mit Kollegen zu teilen.</translation>
    </message>
    <message>
        <source>The link is down: queries can be shared again once it is back.</source>
        <translation>Die Verbindung ist unterbrochen: Abfragen lassen sich wieder teilen, sobald sie zurück ist.</translation>
    </message>
    <message>
        <source>The account&apos;s shared queries are being read.</source>
        <translation>Die geteilten Abfragen des Kontos werden gelesen.</translation>
    </message>
</context>
<context>
    <name>muster::QueryResults</name>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Site</source>
        <translation>Standort</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>Instanz</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>Nr.</translation>
    </message>
    <message>
        <source>Reply</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Late</source>
        <translation>Verspätet</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>Ausgang</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Gruppe</translation>
    </message>
    <message>
        <source>Answered</source>
        <translation>Beantwortet</translation>
    </message>
    <message>
        <source>Roster</source>
        <translation>Aufgerufen</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>Fehlend</translation>
    </message>
</context>
<context>
    <name>muster::QueryWatch</name>
    <message>
        <source>Round %1</source>
        <translation>Runde %1</translation>
    </message>
    <message>
        <source>%1 added</source>
        <translation>%1 hinzugekommen</translation>
    </message>
    <message>
        <source>%1 gone</source>
        <translation>%1 weggefallen</translation>
    </message>
    <message>
        <source>paused: the link is down, it goes on by itself</source>
        <translation>angehalten: die Verbindung ist unterbrochen, es geht von selbst weiter</translation>
    </message>
    <message>
        <source>under way</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>next in %1 s</source>
        <translation>nächste in %1 s</translation>
    </message>
    <message numerus="yes">
        <source>%Ln cell(s) changed</source>
        <translation>
            <numerusform>%Ln Zelle geändert</numerusform>
            <numerusform>%Ln Zellen geändert</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>in %Ln row(s)</source>
        <comment>where cells changed</comment>
        <translation>
            <numerusform>in %Ln Zeile</numerusform>
            <numerusform>in %Ln Zeilen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>muster::TableModel</name>
    <message>
        <source>(empty)</source>
        <translation>(leer)</translation>
    </message>
    <message>
        <source>(none)</source>
        <translation>(keine)</translation>
    </message>
    <message>
        <source>Another export is running. Wait for it to end, or cancel it.</source>
        <translation>Ein anderer Export läuft. Warten Sie auf sein Ende, oder brechen Sie ihn ab.</translation>
    </message>
    <message>
        <source>“%1” is not a file on this computer. Choose a local folder.</source>
        <translation>„%1“ ist keine Datei auf diesem Rechner. Wählen Sie einen lokalen Ordner.</translation>
    </message>
    <message>
        <source>The export was cancelled; no file was written.</source>
        <translation>Der Export wurde abgebrochen; es wurde keine Datei geschrieben.</translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) are too much for the clipboard. Export them to a file instead.</source>
        <translation>
            <numerusform>%n Zeile ist zu viel für die Zwischenablage. Exportieren Sie sie stattdessen in eine Datei.</numerusform>
            <numerusform>%n Zeilen sind zu viel für die Zwischenablage. Exportieren Sie sie stattdessen in eine Datei.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>muster::filter</name>
    <message>
        <source>the filter has %1 bytes, and 65536 is the most</source>
        <translation>der Filter hat %1 Bytes, und 65536 sind das Höchste</translation>
    </message>
    <message>
        <source>the filter is not UTF-8 text</source>
        <translation>der Filter ist kein UTF-8-Text</translation>
    </message>
    <message>
        <source>the filter is nested more than 64 levels deep</source>
        <translation>der Filter ist mehr als 64 Ebenen tief verschachtelt</translation>
    </message>
    <message>
        <source>the field between these backquotes has no name</source>
        <translation>das Feld zwischen diesen Gravis-Zeichen hat keinen Namen</translation>
    </message>
    <message>
        <source>the quote opened here is never closed</source>
        <translation>das Anführungszeichen, das hier öffnet, wird nie geschlossen</translation>
    </message>
    <message>
        <source>the backquote opened here is never closed</source>
        <translation>das Gravis-Zeichen, das hier öffnet, wird nie geschlossen</translation>
    </message>
    <message>
        <source>the ( opened here is never closed</source>
        <translation>die ( hier wird nie geschlossen</translation>
    </message>
    <message>
        <source>the list opened here is never closed</source>
        <translation>die Liste, die hier beginnt, wird nie geschlossen</translation>
    </message>
    <message>
        <source>this ) closes nothing</source>
        <translation>diese ) schließt nichts</translation>
    </message>
    <message>
        <source>the filter ends after %1</source>
        <translation>der Filter endet nach %1</translation>
    </message>
    <message>
        <source>the filter ends after the field %1; &quot;has %1&quot; asks whether it is there</source>
        <translation>der Filter endet nach dem Feld %1; &quot;has %1&quot; fragt, ob es da ist</translation>
    </message>
    <message>
        <source>%1 does not belong here</source>
        <translation>%1 gehört nicht hierher</translation>
    </message>
    <message>
        <source>%1 does not belong after %2</source>
        <translation>%1 gehört nicht hinter %2</translation>
    </message>
    <message>
        <source>the word %1 does not belong here; a field of that name goes between backquotes</source>
        <translation>das Wort %1 gehört nicht hierher; ein Feld dieses Namens steht zwischen Gravis-Zeichen</translation>
    </message>
    <message>
        <source>a condition begins with the field: write that first, then %1</source>
        <translation>eine Bedingung beginnt mit dem Feld: erst dieses, dann %1</translation>
    </message>
    <message>
        <source>a field is compared with a value, not with another field</source>
        <translation>ein Feld wird mit einem Wert verglichen, nicht mit einem anderen Feld</translation>
    </message>
    <message>
        <source>text stands in quotes: did you mean &quot;%1&quot;?</source>
        <translation>Text steht in Anführungszeichen: ist &quot;%1&quot; gemeint?</translation>
    </message>
    <message>
        <source>%1 is not a number; text stands in quotes: did you mean &quot;%1&quot;?</source>
        <translation>%1 ist keine Zahl; Text steht in Anführungszeichen: ist &quot;%1&quot; gemeint?</translation>
    </message>
    <message>
        <source>%1 is not a unit</source>
        <translation>%1 ist keine Einheit</translation>
    </message>
    <message>
        <source>the number %1 is too large</source>
        <translation>die Zahl %1 ist zu groß</translation>
    </message>
    <message>
        <source>the values after &quot;in&quot; stand in parentheses: in (&quot;a&quot;, &quot;b&quot;)</source>
        <translation>die Werte nach &quot;in&quot; stehen in Klammern: in (&quot;a&quot;, &quot;b&quot;)</translation>
    </message>
    <message>
        <source>conditions are joined by the word &quot;and&quot;</source>
        <translation>Bedingungen verbindet das Wort &quot;and&quot;</translation>
    </message>
    <message>
        <source>alternatives are joined by the word &quot;or&quot;</source>
        <translation>Alternativen verbindet das Wort &quot;or&quot;</translation>
    </message>
    <message>
        <source>negation is the word &quot;not&quot;</source>
        <translation>verneint wird mit dem Wort &quot;not&quot;</translation>
    </message>
    <message>
        <source>&quot;differs from&quot; is written !=</source>
        <translation>&quot;ungleich&quot; schreibt sich !=</translation>
    </message>
    <message>
        <source>&quot;at most&quot; is written &lt;=</source>
        <translation>&quot;höchstens&quot; schreibt sich &lt;=</translation>
    </message>
    <message>
        <source>&quot;at least&quot; is written &gt;=</source>
        <translation>&quot;mindestens&quot; schreibt sich &gt;=</translation>
    </message>
    <message>
        <source>patterns are written: matches &quot;glob&quot;</source>
        <translation>Muster schreiben sich: matches &quot;glob&quot;</translation>
    </message>
    <message>
        <source>&quot;is&quot; is written =</source>
        <translation>&quot;is&quot; schreibt sich =</translation>
    </message>
    <message>
        <source>%1 is not a quote here; use the straight &quot;</source>
        <translation>%1 ist hier kein Anführungszeichen; zu nehmen ist das gerade &quot;</translation>
    </message>
    <message>
        <source>%1 has no meaning here; a field name with other characters than letters, digits, _ . - goes between backquotes</source>
        <translation>%1 hat hier keine Bedeutung; ein Feldname mit anderen Zeichen als Buchstaben, Ziffern, _ . - steht zwischen Gravis-Zeichen</translation>
    </message>
    <message>
        <source>a field name, &quot;has&quot;, &quot;not&quot; or (</source>
        <translation>ein Feldname, &quot;has&quot;, &quot;not&quot; oder (</translation>
    </message>
    <message>
        <source>a field name</source>
        <translation>ein Feldname</translation>
    </message>
    <message>
        <source>= != &lt; &lt;= &gt; &gt;=, &quot;in&quot;, &quot;matches&quot; or &quot;contains&quot;</source>
        <translation>= != &lt; &lt;= &gt; &gt;=, &quot;in&quot;, &quot;matches&quot; oder &quot;contains&quot;</translation>
    </message>
    <message>
        <source>&quot;in&quot;, &quot;matches&quot; or &quot;contains&quot;</source>
        <translation>&quot;in&quot;, &quot;matches&quot; oder &quot;contains&quot;</translation>
    </message>
    <message>
        <source>a number, a quoted text, &quot;true&quot; or &quot;false&quot;</source>
        <translation>eine Zahl, ein Text in Anführungszeichen, &quot;true&quot; oder &quot;false&quot;</translation>
    </message>
    <message>
        <source>a quoted text</source>
        <translation>ein Text in Anführungszeichen</translation>
    </message>
    <message>
        <source>B, kB, MB, GB, TB, KiB, MiB, GiB, TiB, ms, s, m, h, d, w or %</source>
        <translation>B, kB, MB, GB, TB, KiB, MiB, GiB, TiB, ms, s, m, h, d, w oder %</translation>
    </message>
    <message>
        <source>&quot;and&quot;, &quot;or&quot; or the end</source>
        <translation>&quot;and&quot;, &quot;or&quot; oder das Ende</translation>
    </message>
    <message>
        <source>&quot;and&quot;, &quot;or&quot; or )</source>
        <translation>&quot;and&quot;, &quot;or&quot; oder )</translation>
    </message>
    <message>
        <source>a comma or )</source>
        <translation>ein Komma oder )</translation>
    </message>
</context>
<context>
    <name>muster::qml::UiSettings</name>
    <message>
        <source>Say which file to write.</source>
        <translation>Nennen Sie die Datei, die geschrieben werden soll.</translation>
    </message>
    <message>
        <source>%1 is a folder. Add the name of a file.</source>
        <translation>%1 ist ein Ordner. Fügen Sie einen Dateinamen an.</translation>
    </message>
    <message>
        <source>There is no folder %1.</source>
        <translation>Den Ordner %1 gibt es nicht.</translation>
    </message>
    <message>
        <source>You may not write to %1.</source>
        <translation>Sie dürfen nicht nach %1 schreiben.</translation>
    </message>
</context>
</TS>
