#include "net/task_scope.hpp"

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include "tests/fakes/run_coroutine.hpp"

namespace tollgate::net {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

asio::awaitable<void> wait_forever() {
  asio::steady_timer timer(co_await asio::this_coro::executor, steady_clock::time_point::max());
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> count(int& counter) {
  ++counter;
  co_return;
}

asio::awaitable<void> count_after_a_turn(int& counter) {
  co_await asio::post(asio::use_awaitable);
  ++counter;
}

asio::awaitable<void> count_before_and_after_a_turn(int& before, int& after) {
  ++before;
  co_await asio::post(asio::use_awaitable);
  ++after;
}

asio::awaitable<void> fail_with(std::string text) {
  co_await asio::post(asio::use_awaitable);
  throw std::runtime_error(text);
}

asio::awaitable<void> cancel_own_scope(TaskScope& scope, bool& survived) {
  scope.cancel();
  co_await asio::post(asio::use_awaitable);
  co_await wait_forever();
  survived = true;
}

asio::awaitable<void> cancel_itself(std::function<void()> cancel, bool& survived) {
  cancel();
  co_await wait_forever();
  survived = true;
}

class TaskScopeTest : public ::testing::Test {
 protected:
  base::Status join(TaskScope& scope, steady_clock::duration limit = 5s) {
    return fakes::run_coroutine(context_, scope.join(steady_clock::now() + limit));
  }

  asio::io_context context_{1};
  std::vector<std::string> failures_;
};

TEST_F(TaskScopeTest, JoinWaitsForEveryTask) {
  TaskScope scope(context_.get_executor(), {});
  int ended = 0;
  scope.spawn("one", count(ended));
  scope.spawn("two", count_after_a_turn(ended));
  EXPECT_EQ(scope.size(), 2U);
  EXPECT_TRUE(join(scope).has_value());
  EXPECT_EQ(ended, 2);
  EXPECT_EQ(scope.size(), 0U);
}

TEST_F(TaskScopeTest, ReportsAFailureUnderTheTasksName) {
  auto scope =
      std::make_unique<TaskScope>(context_.get_executor(), [this](std::string_view task, std::string_view what) {
        failures_.push_back(std::string(task) + ": " + std::string(what));
      });
  scope->spawn("recovery", fail_with("no disk"));
  EXPECT_TRUE(join(*scope).has_value());
  EXPECT_EQ(failures_, std::vector<std::string>{"recovery: no disk"});
}

TEST_F(TaskScopeTest, CancelEndsTasksWithoutReportingThem) {
  TaskScope scope(context_.get_executor(),
                  [this](std::string_view task, std::string_view) { failures_.emplace_back(task); });
  for (int i = 0; i < 10; ++i) scope.spawn("sleeper", wait_forever());
  context_.poll();
  scope.cancel();
  EXPECT_TRUE(join(scope).has_value());
  EXPECT_TRUE(failures_.empty());
}

TEST_F(TaskScopeTest, ATaskCancelledBeforeItsFirstStepNeverRunsAndIsNotCounted) {
  TaskScope scope(context_.get_executor(), {});
  int ended = 0;
  scope.spawn("late", count(ended));
  scope.cancel();
  EXPECT_TRUE(join(scope).has_value());
  EXPECT_EQ(ended, 0);
}

TEST_F(TaskScopeTest, ATaskMayCancelTheScopeItRunsInBeforeItFirstSuspends) {
  TaskScope scope(context_.get_executor(), {});
  bool survived = false;
  scope.spawn("suicide", cancel_own_scope(scope, survived));
  EXPECT_TRUE(join(scope).has_value());
  EXPECT_FALSE(survived);
}

TEST_F(TaskScopeTest, SpawnNowRunsToTheFirstSuspensionBeforeItReturns) {
  TaskScope scope(context_.get_executor(), {});
  int begun = 0;
  int ended = 0;
  bool seen_at_once = false;
  asio::post(context_, [&] {
    scope.spawn_now("one", count_before_and_after_a_turn(begun, ended));
    seen_at_once = begun == 1 && ended == 0 && scope.size() == 1;
  });
  context_.restart();
  context_.run();
  EXPECT_TRUE(seen_at_once);
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(scope.size(), 0U);
}

TEST_F(TaskScopeTest, WhatSpawnNowReturnsCancelsTheTask) {
  TaskScope scope(context_.get_executor(),
                  [this](std::string_view, std::string_view what) { failures_.emplace_back(what); });
  asio::post(context_, [&] { scope.spawn_now("sleeper", wait_forever())(); });
  context_.restart();
  context_.run();
  EXPECT_EQ(scope.size(), 0U);
  EXPECT_TRUE(failures_.empty());
}

TEST_F(TaskScopeTest, ASelfCancellingTaskCancelsNothingButItself) {
  TaskScope scope(context_.get_executor(),
                  [this](std::string_view, std::string_view what) { failures_.emplace_back(what); });
  int others = 0;
  bool survived = false;
  scope.spawn("other", count_after_a_turn(others));
  scope.spawn_self_cancelling("own", [&](std::function<void()> cancel) -> asio::awaitable<void> {
    return cancel_itself(std::move(cancel), survived);
  });
  EXPECT_TRUE(join(scope));
  EXPECT_EQ(others, 1);
  EXPECT_FALSE(survived);
  EXPECT_TRUE(failures_.empty());
}

TEST_F(TaskScopeTest, SpawnAfterCancelDropsTheTask) {
  TaskScope scope(context_.get_executor(), {});
  scope.cancel();
  int ended = 0;
  scope.spawn("too late", count(ended));
  EXPECT_EQ(scope.size(), 0U);
  EXPECT_TRUE(join(scope).has_value());
  EXPECT_EQ(ended, 0);
}

TEST_F(TaskScopeTest, JoinNamesTheTasksThatMissTheDeadlineAndCanBeCalledAgain) {
  TaskScope scope(context_.get_executor(), {});
  scope.spawn("stubborn", wait_forever());
  const auto status = join(scope, 0ms);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, base::ErrorCode::kTimeout);
  EXPECT_EQ(status.error().detail, "stubborn");
  scope.cancel();
  EXPECT_TRUE(join(scope).has_value());
}

TEST_F(TaskScopeTest, AnExecutorTornDownWithTasksInItLeavesNothingBehind) {
  auto context = std::make_unique<asio::io_context>(1);
  TaskScope scope(context->get_executor(), {});
  scope.spawn("running", wait_forever());
  context->poll();
  scope.spawn("never begun", wait_forever());
  context.reset();
  EXPECT_EQ(scope.size(), 0U);
}

}  // namespace
}  // namespace tollgate::net
