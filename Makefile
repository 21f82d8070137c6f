# The two that matter: `make demo` and `make test`. Everything is made below .dev/.
DEV = python3 -m dev
ODOO_TAGS ?=

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: setup demo demo-reset odoo14 present scan remove stop clean logs
setup: ## Install what is needed, start nothing
	@$(DEV) setup
demo: ## Start the whole chain with German demo data and say where it is
	@$(DEV) demo
demo-reset: ## Forget what was done in the demo: the next make demo begins anew
	@$(DEV) demo-reset
odoo14: ## Start an Odoo 14 beside the demo: a foreign ERP to read from and book into
	@$(DEV) odoo14
present: ## Put a virtual card into the reader: make present CARD=meier
	@$(DEV) present $(CARD)
scan: ## Let a scanner read a card: make scan CARD=becker
	@$(DEV) scan $(CARD)
remove: ## Take the card out again
	@$(DEV) remove
logs: ## Follow the logs of what runs
	@$(DEV) logs
stop: ## Stop everything this clone started
	@$(DEV) stop
clean: ## Stop everything and remove all that was made
	@$(DEV) clean

.PHONY: test lint unit contract erp e2e faults native neighbours
test: ## Run everything below, with one summary at the end
	@$(DEV) test
lint: ## Style, types, import borders, Odoo's manifests
	@$(DEV) lint
unit: ## Tests without network and clock
	@$(DEV) test unit
contract: ## Replayed conversations with an ERP
	@$(DEV) test contract
erp: ## The addon's tests inside Odoo; ODOO_TAGS=/customer_card:TestLedger for some of them
	@$(DEV) test erp $(ODOO_TAGS)
e2e: ## The whole chain in a browser
	@$(DEV) test e2e
faults: ## Things that go wrong: killed, unplugged, unreachable
	@$(DEV) test faults
native: ## Odoo's own loyalty tests with our modules installed
	@$(DEV) test native
neighbours: ## Ours and modules of the OCA in one database, with tests of both
	@$(DEV) test neighbours

.PHONY: sim mutants
sim: ## Random shop days against the laws: make sim SEEDS=20 STEPS=60, or one again with SEED=7
	@SEED=$(SEED) SEEDS=$(SEEDS) STEPS=$(STEPS) $(DEV) sim
mutants: ## Faults put in on purpose, and the law that finds each
	@SEED=$(SEED) SEEDS=$(SEEDS) STEPS=$(STEPS) $(DEV) mutants

.PHONY: i18n
i18n: ## Write i18n/de.po anew after texts changed, name what has no German yet; installs an Odoo below .dev/
	@$(DEV) i18n

.PHONY: bench bench-sync bench-till
bench: ## Measure card to answer and card to screen
	@$(DEV) bench
bench-sync: ## Measure reading and booking between two ERPs, beside plain scripts
	@$(DEV) bench-sync
bench-till: ## Measure tills: insert to credential, answer and screen, restarts, memory
	@$(DEV) bench-till
