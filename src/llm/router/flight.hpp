// One call to a provider and all who wait for its reply, on any threads.
//
// The call belongs to nobody who waits: it is made by a task of its own, so that a client that goes away takes nothing
// from the others. Who joins late is given what came before. When the last one has left before the end, the flight says
// so to whoever makes the call.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "llm/provider.hpp"
#include "net/call_context.hpp"

namespace tollgate::llm {

class Flight {
 public:
  // By the task that makes the call.
  void begin(ReplyHead head);  // of a stream, before its first piece
  void add(std::string_view piece);
  void end(base::Result<ChatReply> result);  // once; wakes everybody for the last time

  // Called once, under no lock, when nobody waits any more before the end.
  void when_abandoned(std::function<void()> callback);

  // A place among those who wait, given back by its destructor.
  class Seat {
   public:
    explicit Seat(std::shared_ptr<Flight> flight) : flight_(std::move(flight)) {}
    Seat(Seat&&) noexcept = default;
    Seat& operator=(Seat&&) = delete;
    ~Seat() {
      if (flight_) flight_->leave();
    }

    // What the call gives, its pieces through `on_text`, after its head; used on the caller's executor. kTimeout at the
    // deadline.
    boost::asio::awaitable<base::Result<ChatReply>> follow(net::Deadline deadline, const TextSink& on_text,
                                                           BeginObserver on_begin = {});
    bool has_heard() const { return heard_ > 0; }  // some of the reply was handed to `on_text`

   private:
    std::shared_ptr<Flight> flight_;  // shared with the task that makes the call
    std::size_t heard_ = 0;
  };

 private:
  friend class Flights;
  struct Waiter;

  void take_seat();
  void leave();
  void wake_locked();

  std::mutex mutex_;  // guards all below
  std::optional<ReplyHead> head_;
  std::string pieces_;
  std::shared_ptr<base::Result<ChatReply>> result_;  // nobody takes a seat any more once it is there
  std::vector<std::weak_ptr<Waiter>> waiting_;
  std::size_t seats_ = 0;
  std::function<void()> when_abandoned_;
};

// The flights under way, by key. Thread: any.
class Flights {
 public:
  struct Joined {
    std::shared_ptr<Flight> flight;
    Flight::Seat seat;
    bool is_first = false;  // must make the call, and land() it
  };

  Joined join(const std::string& key);
  void land(const std::string& key, const std::shared_ptr<Flight>& flight);  // nobody joins it any more
  std::size_t under_way() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Flight>> by_key_;  // guarded by mutex_
};

}  // namespace tollgate::llm
