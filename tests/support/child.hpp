// A part of a test that must be another process: another user, or a writer that really runs at the same time.
#pragma once
#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <new>

namespace support {

/// Runs `body` in a forked process, which ends with its value as exit code (125 where it throws) and without
/// destructors of the parent's objects. Killed when dropped while still running.
class Child {
 public:
  explicit Child(const std::function<int()>& body);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Its exit code, or 128 plus the signal that ended it.
  int wait();
  void kill();

 private:
  pid_t pid_ = -1;
};

/// Memory seen by this process and those it forks later.
class SharedMemory {
 public:
  explicit SharedMemory(std::size_t size);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  [[nodiscard]] void* data() const { return data_; }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

/// One T in shared memory, zero or default to begin with; T is an aggregate of lock-free atomics.
template <class T>
class Shared {
 public:
  Shared() : memory_(sizeof(T)), value_(new(memory_.data()) T{}) {}
  T* operator->() const { return value_; }
  T& operator*() const { return *value_; }

 private:
  SharedMemory memory_;
  T* value_;
};

}  // namespace support
