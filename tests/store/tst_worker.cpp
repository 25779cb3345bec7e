// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/worker.h"

#include <QtTest>

#include <stdexcept>
#include <thread>
#include <vector>

using muster::store::Worker;

class TestWorker : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void doesAllInOrderBeforeItEnds()
    {
        std::vector<int> done;
        const std::thread::id here = std::this_thread::get_id();
        bool elsewhere = true;
        {
            Worker worker;
            for (int i = 0; i < 1000; ++i) {
                worker.post([&, i] {
                    done.push_back(i);
                    elsewhere = elsewhere && std::this_thread::get_id() != here;
                });
            }
        }
        QCOMPARE(done.size(), std::size_t(1000));
        for (int i = 0; i < 1000; ++i)
            QCOMPARE(done[static_cast<std::size_t>(i)], i);
        QVERIFY(elsewhere);
    }

    void aTaskMayPostAnother()
    {
        int done = 0;
        {
            Worker worker;
            worker.post([&] { worker.post([&] { ++done; }); });
        }
        QCOMPARE(done, 1);
    }

    void goesOnAfterATaskThatThrows()
    {
        bool done = false;
        {
            Worker worker;
            worker.post([] { throw std::runtime_error("no"); });
            worker.post([&] { done = true; });
        }
        QVERIFY(done);
    }
};

QTEST_GUILESS_MAIN(TestWorker)
#include "tst_worker.moc"
