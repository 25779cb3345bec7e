<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en_US">
<context>
    <name>CheckText</name>
    <message>
        <source>Server reached</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TLS verified</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signed in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>JetStream</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fleet streams</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live queries</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 ms, nats-server %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>without a name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>with a token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>with an NKey</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n missing</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Prepare the account to create: %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n set up otherwise</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Muster leaves them as they are: %1. &quot;musterctl setup&quot; lists every difference.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n there</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>allowed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not allowed for this user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To ask devices, the user needs to publish on %1.query.&gt; and subscribe to its inbox.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by this computer&apos;s authorities</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not used: everything goes in plain text</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n stream(s) in this account</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Chip</name>
    <message>
        <source>Remove %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ColumnChooser</name>
    <message>
        <source>Columns</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find a device, run a command, open a page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing matches</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConfirmDialog</name>
    <message>
        <source>Type %1 to confirm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConnectionChip</name>
    <message>
        <source>connected, read only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>connected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>connecting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reconnecting, attempt %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not connected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connection %1, %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>RTT</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change connection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start the demo server again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop the demo fleet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disconnect</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ExpressionField</name>
    <message>
        <source>; expected %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear the filter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Column %1: %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FormText</name>
    <message>
        <source>Type the user and password in their own fields: addresses are saved as plain text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no file %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 cannot be read. Check its owner and permissions.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the connection a name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use at most 64 characters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is a connection named %1 already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name at least one server, like nats://host:4222.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type the user&apos;s name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type the password. Muster keeps it until it closes and does not save it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type the token. Muster keeps it until it closes and does not save it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the .creds file that holds the user&apos;s JWT and seed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This file has no user JWT in it. Choose a .creds file as nsc makes it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the file that holds the user&apos;s NKey seed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A client key needs its certificate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A client certificate needs its key.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GroupedTable</name>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Logo</name>
    <message>
        <source>Muster</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MTabs</name>
    <message>
        <source>Answers</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NavRail</name>
    <message>
        <source>Pages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Devices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Query</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connections</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reduce motion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Muster %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PreflightText</name>
    <message numerus="yes">
        <source>%n device(s) match</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>%1 online</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 offline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counting ...</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>device(s) match:</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>%1 online,</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>QuickFilter</name>
    <message>
        <source>Filter rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No row matches</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RejectedDialog</name>
    <message>
        <source>Rejected messages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was rejected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every message since the connection could be read.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RollCallBar</name>
    <message>
        <source>Roll-call</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>Connected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Presence %1 of %2 online</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Presence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>online</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 msg/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 rejected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 dropped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No data yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Data is %1 old</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TableHeader</name>
    <message>
        <source>Columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ascending</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Descending</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>Find a device, run a command, open a page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl K</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>%1 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 d</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Online</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Late</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Offline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Never</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>muster::ConnectionController</name>
    <message>
        <source>User JWT for %1, valid until %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>User JWT for %1, without an end</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This build of Muster cannot do: %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>JetStream ok</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no JetStream</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server is out of reach.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The demo fleet&apos;s nats-server has ended.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fleet streams</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no saved connection named %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting the demo fleet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Demo fleet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting nats-server again</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>muster::FleetController</name>
    <message>
        <source>Presence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Group</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last seen</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
