<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US" sourcelanguage="en_US">
<context>
    <name>CheckText</name>
    <message numerus="yes">
        <source>%n missing</source>
        <translation>
            <numerusform>%n missing</numerusform>
            <numerusform>%n missing</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n set up otherwise</source>
        <translation>
            <numerusform>%n set up otherwise</numerusform>
            <numerusform>%n set up otherwise</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n there</source>
        <translation>
            <numerusform>%n there</numerusform>
            <numerusform>%n there</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stream(s) in this account</source>
        <translation>
            <numerusform>%n stream in this account</numerusform>
            <numerusform>%n streams in this account</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message numerus="yes">
        <source>valid, %Ln term(s)</source>
        <translation>
            <numerusform>valid, %Ln term</numerusform>
            <numerusform>valid, %Ln terms</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DevicesPage</name>
    <message numerus="yes">
        <source>%Ln device(s)</source>
        <translation>
            <numerusform>%Ln device</numerusform>
            <numerusform>%Ln devices</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>None of the %Ln device(s) passes the filter.</source>
        <translation>
            <numerusform>The one device does not pass the filter.</numerusform>
            <numerusform>None of the %Ln devices passes the filter.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message numerus="yes">
        <source>Exported %Ln line(s) to %1</source>
        <translation>
            <numerusform>Exported %Ln line to %1</numerusform>
            <numerusform>Exported %Ln lines to %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln group(s) on all levels, folded ones too, with the aggregates of the columns on screen.</source>
        <translation>
            <numerusform>%Ln group, with the aggregates of the columns on screen.</numerusform>
            <numerusform>%Ln groups on all levels, folded ones too, with the aggregates of the columns on screen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s), with the columns, filter and order on screen.</source>
        <translation>
            <numerusform>%Ln row, with the columns, filter and order on screen.</numerusform>
            <numerusform>%Ln rows, with the columns, filter and order on screen.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>GroupedTable</name>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>%Ln row</numerusform>
            <numerusform>%Ln rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, open group of %Ln row(s)</source>
        <translation>
            <numerusform>%1, open group of %Ln row</numerusform>
            <numerusform>%1, open group of %Ln rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, folded group of %Ln row(s)</source>
        <translation>
            <numerusform>%1, folded group of %Ln row</numerusform>
            <numerusform>%1, folded group of %Ln rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PreflightText</name>
    <message numerus="yes">
        <source>%Ln device(s) match</source>
        <translation>
            <numerusform>%Ln device matches</numerusform>
            <numerusform>%Ln devices match</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>device(s) match:</source>
        <translation>
            <numerusform>device matches:</numerusform>
            <numerusform>devices match:</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ResponsePanel</name>
    <message numerus="yes">
        <source>and %Ln more</source>
        <comment>groups</comment>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SavedQueries</name>
    <message numerus="yes">
        <source>%Ln shared entry(s) cannot be read by this version</source>
        <translation>
            <numerusform>%Ln shared entry cannot be read by this version</numerusform>
            <numerusform>%Ln shared entries cannot be read by this version</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>muster::Preflight</name>
    <message numerus="yes">
        <source>at most %n replies</source>
        <translation>
            <numerusform>at most %n reply</numerusform>
            <numerusform>at most %n replies</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n late or unknown are asked as well.</source>
        <translation>
            <numerusform>%n late or unknown is asked as well.</numerusform>
            <numerusform>%n late or unknown are asked as well.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>after %n replies</source>
        <translation>
            <numerusform>after %n reply</numerusform>
            <numerusform>after %n replies</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>One request of %n bytes on %1.</source>
        <translation>
            <numerusform>One request of %n byte on %1.</numerusform>
            <numerusform>One request of %n bytes on %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>muster::QueryLibrary</name>
    <message numerus="yes">
        <source>%n device(s)</source>
        <translation>
            <numerusform>%n device</numerusform>
            <numerusform>%n devices</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>muster::QueryWatch</name>
    <message numerus="yes">
        <source>%Ln cell(s) changed</source>
        <translation>
            <numerusform>%Ln cell changed</numerusform>
            <numerusform>%Ln cells changed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>in %Ln row(s)</source>
        <comment>where cells changed</comment>
        <translation>
            <numerusform>in %Ln row</numerusform>
            <numerusform>in %Ln rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>muster::TableModel</name>
    <message numerus="yes">
        <source>%n row(s) are too much for the clipboard. Export them to a file instead.</source>
        <translation>
            <numerusform>%n row is too much for the clipboard. Export it to a file instead.</numerusform>
            <numerusform>%n rows are too much for the clipboard. Export them to a file instead.</numerusform>
        </translation>
    </message>
</context>
</TS>
