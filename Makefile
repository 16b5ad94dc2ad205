# Each line is a script that can be run by itself: see scripts/.
.PHONY: demo test bench lint
export ONCE ONLY

demo: ; @scripts/demo
test: ; @scripts/test
bench: ; @scripts/bench
lint: ; @scripts/lint
