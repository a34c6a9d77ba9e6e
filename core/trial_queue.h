// Where a worker gets its trials from and tells what became of them. Called from many threads.
#pragma once

#include "amenable/trial.h"

namespace amenable {

class TrialQueue {
 public:
  // The next trial of the group, or null when there are none left.
  virtual const Trial* next() = 0;
  // The trial's results are written.
  virtual void finished(const Trial& trial) = 0;
  virtual bool is_cancelled() const = 0;

 protected:
  ~TrialQueue() = default;
};

}  // namespace amenable
