"""One report, written as PDF, Word, Excel or a web page: the same figures in all, from ``sufficiency.report.Report``."""
