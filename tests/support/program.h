#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStringList>

namespace taskfold::test {

struct Ended {
    int code = -1;
    QByteArray out, errors;

    QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
};

/// The program that the environment names, until it ends.
inline Ended runProgram(const QStringList& arguments, const QProcessEnvironment& environment = QProcessEnvironment::systemEnvironment())
{
    QProcess program;
    program.setProcessEnvironment(environment);
    program.start(qEnvironmentVariable("PROGRAM"), arguments);
    if (!program.waitForFinished(500000) || program.exitStatus() != QProcess::NormalExit)
        return {};
    return {program.exitCode(), program.readAllStandardOutput(), program.readAllStandardError()};
}

}  // namespace taskfold::test
