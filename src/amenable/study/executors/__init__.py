"""Where blocks are trained: in this process, or on a Ray cluster."""
